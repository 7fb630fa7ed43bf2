pvm debug at a terminal, which not every machine has for its tests.

% script -qec true /dev/null

$ pvm asm sum.s -o sum.jam

A terminal gets a prompt, and Tab completes: `ag`, then `reverse-s`. `after WHAT TEXT` types TEXT once WHAT was
printed, so that nothing depends on how long anything takes.

$ printf '%s\n' 'export HOME=$PWD TERM=dumb; unset EDITRC; rm -f typed' 'after() { until grep -aqs -e "$1" typed; do sleep 0.1; done; printf "$2"; }' >terminal.sh

$ . ./terminal.sh; (after '(pvm)' 'b ag\t\r'; after '^breakpoint 1' 'c\r'; after '^step 3' 'reverse-s\t\r'; after '^step 2' 'q\r') | script -qefc 'exec pvm debug sum.jam --gas 1000' typed >/dev/null; tr -d '\r' <typed | grep -aE '^(breakpoint|step|Script done.*CODE)' | sed 's/^Script.*\[/[/'
> step 0: outer machine, pc 0 = 0x0, gas 1000
> breakpoint 1: again
> breakpoint 1: again
> step 3: outer machine, pc 9 = 0x9 (again) sum.s:8, gas 997
> step 2: outer machine, pc 8 = 0x8 (start+3) sum.s:6, gas 998
> [COMMAND_EXIT_CODE="0"]

Ctrl-C there drops the line that is typed, and letters may be any.

$ . ./terminal.sh; export LC_ALL=C.UTF-8; (after '(pvm)' 'delete \003'; after '\^C' 'echo h\303\251\r'; after '^h' 'q\r') | script -qefc 'exec pvm debug sum.jam --gas 1000' typed >/dev/null; tr -d '\r' <typed | grep -aE '^(h|pvm)'
> hé

Ctrl-C at the terminal. One that comes too early takes with it what was typed, so both are tried again.

$ . ./terminal.sh; (after '(pvm)' 'set t0 0\r'; until grep -aq interrupted typed; do printf 'c\r'; sleep 0.2; printf '\003'; sleep 0.2; done; until grep -aq '^alive' typed; do printf '\003'; sleep 0.2; printf 'echo alive\r'; sleep 0.2; done; printf 'q\r') | script -qefc 'exec pvm debug sum.jam --entry again' typed >/dev/null; tr -d '\r' <typed | grep -aoE '(interrupted|^alive|Script done.*)$' | sed 's/^Script.*\[/[/' | uniq
> interrupted
> alive
> [COMMAND_EXIT_CODE="0"]
