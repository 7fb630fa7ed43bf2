; Something of everything that pvm inspect tells; inspect.t works its figures out.
.metadata "demo", "1.2.3", "Apache-2.0", "Ann", "Bob"
.entry refine main
.entry accumulate later
.rodata
    .ascii "hello"
.data
    .u64 1, 2
.bss
    .space 5000
.stack 8192
.text
main:
    ecalli fetch
    ecalli fetch
    ecalli 77
    li a0, jt(later)
    jump_ind a0, 0
later:
    ret
