; Says things that would be markup in a page: a log line, and names of code.
.entry refine start
start:
    load_imm a0, 1
    load_imm a1, target
    load_imm a2, 9
    load_imm a3, message
    load_imm a4, 42
    ecalli log
    load_imm t0, 0x30000
    store_ind_u32 t0, [t0]
    load_ind_u32 t1, [t0]
    load_imm a1, 0
    jump_ind ra, 0
.rodata
target: .ascii "a\"b'<&>;\\"
message: .ascii "<script>document.title=\"stolen\"</script>\n\0"
.data
.zero 8
