; A raw program for child.s: reads where nothing is mapped.
begin:
    load_imm t0, 5
    fallthrough
reads:
    load_u32 t1, 0x50004
    trap
