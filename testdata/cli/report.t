Runs that are recorded, and pages of them. markup.s runs 12 instructions, the jump at the entry first: the
seventh is a host call that reads two texts of page 0x10000 and costs 10 gas, the ninth writes page 0x30000,
the tenth reads it.

$ pvm asm markup.s -o markup.jam && pvm run markup.jam --record run.json 2>log | grep gas
>   gas          22 used of 4999999999, 4999999977 left
> ...

$ grep -E '^  "(instructions|bin|bins|gas)"' run.json
>   "instructions": 12,
>   "bin": 1,
>   "bins": 12,
>   "gas": "0 1 2 3 4 5 6 17 18 19 20 21 22",

$ sed -n '/"rows"/,/]/p' run.json | tr -d ' \n'; echo
> "rows":[{"page":16,"reads":2,"writes":0,"first":7,"last":7,"read":"6:2","written":""},{"page":48,"reads":1,"writes":1,"first":9,"last":10,"read":"9:1","written":"8:1"}]

A page is one file, and the same each time. Only one script is in it, its own; what a guest says, or a
file is called, stays text.

$ printf '0x00000000 <b>bold</b>\n0x00000005 "><img/src=x>\n' >evil.sym && cp markup.jam '<i>"name.jam'

$ pvm run '<i>"name.jam' --symbols evil.sym --record evil.json >out 2>log && pvm report evil.json -o page.html

$ grep -c '<script' page.html; grep -ci '<img\|<b>bold\|<i>"' page.html || true
> 1
> 0

$ grep -o '&lt;script&gt;document.title=&quot;stolen&quot;&lt;/script&gt;' page.html
> &lt;script&gt;document.title=&quot;stolen&quot;&lt;/script&gt;

$ grep -o 'refine of &lt;i&gt;&quot;name.jam, GP 0.7.2</title>' page.html
> refine of &lt;i&gt;&quot;name.jam, GP 0.7.2</title>

$ pvm report evil.json -o again.html && cmp page.html again.html && grep -c 'https\?:' page.html || true
> 0

Sections of a run, and of two.

$ grep -o '<h3 id="[^"]*">[^<]*' page.html
> <h3 id="run1-outcome">Outcome
> <h3 id="run1-gas">Gas
> <h3 id="run1-calls">Host calls
> <h3 id="run1-memory">Memory
> <h3 id="run1-machines">Machines
> <h3 id="run1-flame">Flame graph
> <h3 id="run1-code">Hottest code
> <h3 id="run1-log">Log

$ pvm corevm fib --n 3 --record fib.json >out && pvm report fib.json run.json -o two.html && grep -o '<h2 id="[^"]*">[^<]*' two.html
> <h2 id="run1">refine of CoreVM&#39;s Fibonacci loop (plain, n = 0 to 3), GP 0.7.2
> <h2 id="run2">refine of markup.jam, GP 0.7.2

$ awk '/Values of the pages/ { on = 1 } /<.table>/ { on = 0 } on && /^<tr>/' two.html
> <tr><td>0</td><td class="n new">0</td><td></td><td></td><td></td></tr>
> <tr><td>1</td><td class="n">0</td><td class="n new">1</td><td></td><td></td></tr>
> <tr><td>2</td><td class="n">0</td><td class="n">1</td><td class="n new">1</td><td></td></tr>
> <tr><td>3</td><td class="n">0</td><td class="n">1</td><td class="n">1</td><td class="n new">2</td></tr>

$ pvm run --help | grep -c 'pvm report'
> 1

A run that goes wrong says where, one that changes state what. The store that failed wrote nothing.

$ pvm asm fault.s -o fault.jam && pvm run fault.jam --record bad.json >out; pvm report bad.json -o bad.html && grep -o '<strong class="bad">[^<]*' bad.html
> <strong class="bad">panic
> <strong class="bad">page-fault

$ grep -c '"rows": .., *$\|"rows": \[\]' bad.json
> 1

$ pvm asm accumulate.s -o accumulate.jam && pvm run accumulate.jam --accumulate --service 9 --transfer amount=30,gas=500 --record acc.json >out && pvm report acc.json -o acc.html && grep -o '<li><b>service 9</b><ul><li>balance +30</li><li>items +2</li><li>bytes +84</li>' acc.html
> <li><b>service 9</b><ul><li>balance +30</li><li>items +2</li><li>bytes +84</li>

So does one that a limit ended; and a bare program is recorded as a service is. raw.json reads 0x50004 in
its third instruction, behind which it traps.

$ pvm asm calls.s -o calls.jam && pvm run calls.jam --max-gas 20 --record limit.json >out
! pvm: host limit: 20 gas are used, as much as may be; --max-gas allows more
? 5

$ pvm report limit.json -o limit.html && grep -o '<strong class="bad">[^<]*' limit.html
> <strong class="bad">limit
> <strong class="bad">limit

$ pvm run --raw --fixture raw.json --record raw-run.json >out
? 1

$ sed -n '/"rows"/,/]/p' raw-run.json | tr -d ' \n'; echo
> "rows":[{"page":80,"reads":1,"writes":0,"first":3,"last":3,"read":"2:1","written":""}]

CoreVM's code has its names, and what went wrong in a child is told with the package and the place. Of more
kinds of host calls than the record tells apart, 40, the rest is counted.

$ pvm corevm fib --n 3 --record fib.json >out && grep -c '"name": "run_child"' fib.json
> 1

$ pvm corevm fib --n 3 --fault panic --at 2 --record broken.json >out; pvm report broken.json -o broken.html && grep -o 'package n = 2: the child panicked\|<b>n = 2</b>: Inner machine 2: <strong class="bad">panic' broken.html
> package n = 2: the child panicked
> <b>n = 2</b>: Inner machine 2: <strong class="bad">panic

$ { echo '.entry refine main'; echo main:; seq -f 'ecalli %g' 200 249; echo 'li a1, 0'; echo ret; } >kinds.s && pvm asm kinds.s -o kinds.jam && pvm run kinds.jam --record kinds.json >out && pvm report kinds.json -o kinds.html && grep -o 'and 10 calls of further kinds' kinds.html
> and 10 calls of further kinds

$ pvm run markup.jam --record - 2>&1; pvm scenario run scenario.json --record - 2>&1
> pvm: run: --record -: standard output is the report's, name a file
> pvm: scenario: --record -: standard output is the report's, name a file
? 2

A scenario and a work package are several runs in one recording. Gas as scenario.t and work-package.t have it;
authorize.s is ten instructions, the entry's jump included, the item that panics one.

$ pvm scenario run scenario.json --record played.json >out && pvm report played.json -o played.html && sed -n '/Runs in their order/,/<.table>/p' played.html | grep -o '<tr><td>.*' | sed 's/<[^>]*>/ /g; s/\xe2\x80\xaf/ /g; s/  */ /g; s/ $//'
>  0 round 0: is_authorized on core 0 halt 0 20 50 000 000
>  1 round 0: refine of service 5 panic 10 1 999 999 999
>  2 round 0: accumulate of service 5 halt 11 121 9 999 999
>  3 round 0: accumulate of service 7 bad 47 0 5

$ grep -o 'class="good">as expected\|<li><b>round 0, service 5</b><ul><li>balance -50' played.html
> class="good">as expected
> <li><b>round 0, service 5</b><ul><li>balance -50

$ pvm scenario run scenario.json --record again.json --quiet >out && cmp played.json again.json

$ pvm work-package run package.json --record packed.json >out 2>err; pvm report packed.json -o packed.html && sed -n '/Runs in their order/,/<.table>/p' packed.html | grep -o '<tr><td>.*' | sed 's/<[^>]*>/ /g; s/\xe2\x80\xaf/ /g; s/  */ /g; s/ $//'
>  0 is_authorized halt 0 20 50 000 000
>  1 item 0: refine of service 42 halt 10 55 500
>  2 item 1: refine of service 42 bad-exports 25 55 500

$ grep -c 'INFO test: hello' packed.html
> 2

Single pictures.

$ pvm report run.json --plot heat.svg && grep -o '<path.*' heat.svg
> <path class="k0 v2" stroke-width="4" d="M9 13h1"/>
> <path class="k0 v4" stroke-width="4" d="M6 3h1"/>
> <path class="k1 v2" stroke-width="4" d="M8 17h1"/>

$ pvm report run.json --plot gas.svg --of gas && grep -c '<path class="line outer" d="M0 1000L1 9' gas.svg
> 1

$ pvm report fib.json --plot fib.svg && grep -o '>[a-z]* *machine[^:]*' fib.svg | tail -n 4
> >machine 0, n = 3
> >machine 1, n = 3
> >machine 2, n = 3
> >machine 3, n = 3

What is no run file is told with its place.

$ echo '{"pvm_run": 2, "name": "", "invocation": "", "gp": "", "outcome": ""}' >version.json; pvm report version.json -o x.html
! pvm: version.json: $.pvm_run: expected 1: another version of pvm wrote this
? 3

$ echo '{}' >empty.json; pvm report empty.json -o x.html
! pvm: empty.json: $: no run file: pvm run --record writes them
? 3

$ sed 's/"6:2"/"6:2 256:1"/' run.json >bins.json; pvm report bins.json -o x.html
! pvm: bins.json: $.machines[0].rows[0].read: expected BIN:COUNT, bins below 256, with blanks between
? 3

$ sed 's/"parent": 0/"parent": 7/' run.json >parent.json; pvm report parent.json -o x.html
! pvm: parent.json: $.flame[0].parent: expected the number of a node in front, from 1, or 0
? 3

$ pvm report run.json
! pvm: report: neither -o nor --plot says where to write
? 2

$ pvm report run.json run.json --plot x.svg
! pvm: report: --plot is for one RUN, 2 are given
? 2

$ pvm report run.json -o x.html --of gas
! pvm: report: --of means nothing without --plot
? 2

$ test ! -e x.html
