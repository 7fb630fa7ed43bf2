# shellcheck shell=sh
# snapshot.sh REPORT: makes of package.json, and the report that pvm work-package run --json printed
# for it, a bundle snapshot as test networks publish them, and the state it runs on. Reads the code
# hash of the items from the report and that of the authorizer from its file.
# SPDX-License-Identifier: Apache-2.0
code=$(grep -m 1 -o '"code_hash": "0x[0-9a-f]*"' "$1" | cut -d '"' -f 4)
package=$(grep -m 1 -o '"hash": "0x[0-9a-f]*"' "$1" | cut -d '"' -f 4)
authorizer=$(pvm inspect authorize.jam --json | grep -o '"hash": "0x[0-9a-f]*"' | cut -d '"' -f 4)
zero=0x0000000000000000000000000000000000000000000000000000000000000000
cat >snapshot.json <<END
{"package_hash": "$package", "core_index": 0, "slot": 4, "segment_root_lookup": [],
 "bundle": {
  "extrinsics": [], "import_segments": [[], []], "justifications": [null, []],
  "work_package": {
   "authorization": "0x0102", "auth_code_host": 42,
   "authorizer": {"code_hash": "$authorizer", "params": "0x"},
   "context": {"anchor": "$zero", "state_root": "$zero", "beefy_root": "$zero",
               "lookup_anchor": "$zero", "lookup_anchor_slot": 0, "prerequisites": []},
   "items": [
    {"service": 42, "code_hash": "$code", "payload": "0x68656c6c6f", "refine_gas_limit": 500,
     "accumulate_gas_limit": 4999999, "import_segments": [], "extrinsic": [], "export_count": 1},
    {"service": 42, "code_hash": "$code", "payload": "0x", "refine_gas_limit": 500,
     "accumulate_gas_limit": 4999999, "import_segments": [], "extrinsic": [], "export_count": 0}]}},
$(sed -n '/^  "report": {/,/^  },/p' "$1" | sed 's/^  },/  }/')}
END
cat >state.json <<END
{"params": "tiny", "slot": 4, "services": [
 {"id": 42, "code": {"asm": "log.s"}, "preimages": [{"blob": {"asm": "authorize.s"}}]}]}
END
