; Accumulate with a call of each kind that a report tells of. The checkpoint stands between the two
; writes; `again` does the same and panics. On-Transfer only writes.
.entry accumulate start
.entry on_transfer told
start:
    load_imm a0, key
    load_imm a1, 3
    load_imm a2, value
    load_imm a3, 4
    ecalli write
    ecalli checkpoint
    load_imm a0, key
    load_imm a1, 3
    load_imm a2, value
    load_imm a3, 0
    ecalli write
    load_imm a0, 7
    load_imm a1, 50
    load_imm a2, 5
    load_imm a3, memo
    ecalli transfer
    load_imm a0, hash
    load_imm a1, 3
    ecalli solicit
    load_imm a0, hash
    ecalli yield
    load_imm a0, -1
    load_imm a1, value
    load_imm a2, 4
    ecalli provide
    load_imm a0, 5
    load_imm a1, zeros
    load_imm a2, 6
    load_imm a3, 7
    load_imm a4, 0
    load_imm a5, 0
    ecalli bless
    load_imm a0, 0
    load_imm a1, 0
    jump_ind ra, 0
again:
    fallthrough
    load_imm a0, key
    load_imm a1, 3
    load_imm a2, value
    load_imm a3, 4
    ecalli write
    ecalli checkpoint
    load_imm a0, key
    load_imm a1, 2
    load_imm a2, value
    load_imm a3, 4
    ecalli write
    trap
told:
    load_imm a0, key
    load_imm a1, 3
    load_imm a2, value
    load_imm a3, 4
    ecalli write
    jump_ind ra, 0
.rodata
key: .ascii "jam"
value: .ascii "ABCD"
hash: .hex "6a0d4a19d199505713fc65f531038e73f1d885645632c8ae503c4f0c4d5e19a7"
memo: .ascii "rent"
zeros: .space 1500
