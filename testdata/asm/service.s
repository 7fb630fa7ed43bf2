; A service with both entries, data of each kind, a call and a jump table.
.metadata "demo", "0.1.0", "Apache-2.0", "nobody"
.stack 4096
.heap 1

.rodata
text:   .ascii "hello"
length = . - text

.data
count:  .u32 7

.bss
room:   .zero 32

.text
.entry refine refine
.entry accumulate accumulate

refine:
    call    bump
    la      a0, text
    li      a1, length
    ret

bump:
    load_u32 t0, [count]
    add_imm_32 t0, t0, 1
    store_u32 t0, [room]
    ret

accumulate:
    li      t1, jt(refine)
    jump_ind t1, 0
