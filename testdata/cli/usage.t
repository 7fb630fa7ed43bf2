Help, exit codes, and what is wrong with a command line: exit code 2 and one line.

$ pvm --help
> pvm runs JAM services, programs for the Polkadot Virtual Machine of the JAM Gray Paper, offline.
> ...
> exit codes:
>   0  the guest halted, or the command did what was asked
>   1  the guest ended otherwise (panic, out of gas, page fault), or a test failed
>   2  the command line is wrong
>   3  an input file is malformed
>   4  a file or stream could not be read or written
>   5  out of memory, a limit of pvm, or a mistake in it

$ pvm help asm
> pvm asm: turn assembler source into a blob
>
> usage: pvm asm SOURCE [-o FILE] [-f FORMAT] [--gp VERSION] [--symbols FILE | --no-symbols]
> ...
> exit codes:
> ...

Every command has help.

$ for c in $(pvm help | sed -n '/^commands:/,/^$/s/^  \([a-z-]*\).*/\1/p'); do pvm $c --help | sed -n 1p | cut -d: -f1; done | sort | head -n 4
> pvm asm
> ...

$ for c in $(pvm help | sed -n '/^commands:/,/^$/s/^  \([a-z-]*\).*/\1/p'); do pvm $c --help | grep -c 'exit codes:'; done | sort -u
> 1

$ pvm version
> pvm 0.1.0

$ pvm --version
> pvm 0.1.0

$ pvm
! pvm: no command given, see pvm --help
? 2

$ pvm rnu
! pvm: unknown command "rnu", did you mean run?
? 2

$ pvm frobnicate
! pvm: unknown command "frobnicate", see pvm --help
? 2

$ pvm help frobnicate
! pvm: unknown command "frobnicate", see pvm --help
? 2

$ pvm run x.jam --gass 5
! pvm: run: unknown option --gass, did you mean --gas?
? 2

$ pvm run x.jam --gas lots
! pvm: run: --gas: expected a decimal or 0x number below 2^64, got "lots"
? 2

$ pvm run x.jam --gas 99999999999999999999
! pvm: run: --gas: expected a decimal or 0x number below 2^64, got "99999999999999999999"
? 2

$ pvm run x.jam y.jam
! pvm: run: unexpected argument "y.jam"
? 2

$ pvm run
! pvm: run: neither BLOB nor --fixture is given
? 2

$ pvm inspect
! pvm: inspect: an argument is missing, expected: BLOB [--json] [-f FORMAT] [--gp VERSION] [--symbols FILE]
? 2

$ pvm run x.jam --refine --raw
! pvm: run: --refine, --is-authorized, --accumulate, --on-transfer and --raw exclude each other
? 2

$ pvm asm x.s --symbols y --no-symbols
! pvm: asm: --symbols and --no-symbols exclude each other
? 2

$ pvm asm x.s -f elf
! pvm: asm: --format: expected raw|standard|jam, got "elf"
? 2

$ pvm tables opcodes
! pvm: tables: no table "opcodes", there are isa|hostcalls|profiles|constants
? 2

$ pvm inspect x.jam --gp 1.0 2>&1 | cut -d, -f1
> pvm: --gp: unknown GP version "1.0"

$ PVM_GP=1.0 pvm inspect x.jam 2>&1 | cut -d, -f1
> pvm: PVM_GP: unknown GP version "1.0"

An error stays one line whatever the name of the file.

$ pvm inspect "$(printf 'a\nb\033[31m')"
! pvm: a\x0ab\x1b[31m: No such file or directory
? 4

Tables: 140 instructions, of which GP 0.8.0 has all but sbrk and the versions before all but unlikely.

$ pvm tables isa >isa; sed 1,2d isa | wc -l; grep -E '\| (sbrk|unlikely|count_set_bits_64) \|' isa | cut -d '|' -f 2-5
> 140
>  - | 2 | unlikely | N 
>  101 | - | sbrk | RR 
>  102 | 101 | count_set_bits_64 | RR 

$ pvm tables hostcalls | grep -E '^\| (fetch|pages|log) ' | tr -s ' ' | cut -d '|' -f 2-10
>  fetch | Y | 18 R | 18 R | 18 IRAT | 1 IRAT | 2 IRA | 10 | 10 
>  pages | Z | - | - | - | 11 R | 12 R | 10 | 10 
>  log | - | 100 IRAT | 100 IRAT | 100 IRAT | 100 IRAT | 100 IRA | 0 | 10 

Columns 7 to 9 are 0.7.0, 0.7.1 and 0.7.2.

$ pvm tables profiles | tr -s ' ' | grep -E '^\| (GP version|gas of log|fetch kinds) ' | cut -d '|' -f 7-9
>  0.7.0 | 0.7.1 | 0.7.2 
>  - | - | 10 
>  0 to 17 | 0 to 15 | 0 to 15 

$ pvm tables constants | grep '^| W_R '
> | W_R | max_report_output | 4 | 49152 | 49152 | octets of all outputs in a report |

Input that run and debug share is complained of under the name of the command.

$ pvm debug --entry nowhere; printf '.entry refine s\ns: trap\n' >t.s; pvm asm t.s -o t.jam; pvm debug t.jam --batch --args 5; pvm asm t.s -f raw; pvm debug t.pvm --batch --reg zz=1; pvm run t.pvm --reg zz=1; pvm debug t.pvm --batch --gp 9
! pvm: debug: neither BLOB nor --fixture is given
! pvm: debug: --args: expected 0x and hexadecimal digits or @FILE, got "5"
! pvm: debug: --reg: expected a register, = and a number below 2^64, got "zz=1"
! pvm: run: --reg: expected a register, = and a number below 2^64, got "zz=1"
! pvm: debug: --gp: unknown GP version "9", known: 0.6.3, 0.6.5, 0.6.6, 0.6.7, 0.7.0, 0.7.1, 0.7.2, 0.8.0, 0.8.0-vectors
? 2
