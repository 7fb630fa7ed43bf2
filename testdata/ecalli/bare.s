; The bare program of bare.log: reads what the trace puts into memory, calls, and writes where there
; is none.
    load_u32 a0, 0x30000
    ecalli 7
    store_u8 a0, 0x40010
    trap
