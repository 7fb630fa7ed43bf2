# shellcheck shell=sh
# sweep.sh CODES FILE...: runs run, inspect and disasm on each file. Each must end with one of the
# exit codes CODES ("3 4"), and where that is 2 or more with exactly one line on standard error and
# nothing on standard output. Says what does not. For bad.t.
# SPDX-License-Identifier: Apache-2.0
codes=$1
shift
for file in "$@"; do
  for command in run inspect disasm; do
    timeout 20 pvm "$command" "$file" </dev/null >sweep.out 2>sweep.err
    code=$?
    case " $codes " in
    *" $code "*) ;;
    *) echo "$command $file: exit code $code" ;;
    esac
    if [ "$code" -ge 2 ] && { [ "$(wc -l <sweep.err)" != 1 ] || [ -s sweep.out ]; }; then
      echo "$command $file: not one line of error"
    fi
    if [ "$code" -ge 2 ] && ! grep -q "^pvm: $file: " sweep.err; then
      echo "$command $file: the file is not named"
    fi
  done
done
