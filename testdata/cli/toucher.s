; Writes to two pages far apart.
    li t0, 0x40000000
    store_ind_u8 ra, [t0]
    li t0, 0x7fffe000
    store_ind_u8 ra, [t0]
    ret
