/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instruction set: one row per instruction, in the order of GP 0.7.2 A.5. Everything that is known
 * about an instruction apart from its body (core/interp_ops.inc) stands here, and is expanded into
 * the decoder, the validator, the disassembler, the assembler, the gas models, `pvm tables isa` and
 * the coverage tests.
 *
 * Columns
 *   NAME, name   enum constant suffix and GP mnemonic
 *   O1, O2       opcode octet: O1 for GP 0.6.2 to 0.7.2, O2 for 0.8.0; NO where it does not exist
 *   form         operand encoding, see PVM_FORMS
 *   T            T: terminates a basic block (GP 0.7.2 A.3, T)
 *   src, dst     registers read and written, by operand letter
 *   cycles, slots, units   GP 0.8.0 A.10: latency (BR: see core/gas_block.c), decode slots
 *                FIX(n,n); ANY(s,o): s when a destination is also a source, else o; ONE(s,o): the
 *                same looking at the first source only; functional units (A2: two ALUs)
 *   operation    A, B, D registers; X, Y immediates or targets; memN[a] N octets at a mod 2^32;
 *                sx32 sign-extends the low 32 bits
 */
#ifndef CORE_OPCODE_H
#define CORE_OPCODE_H

#include "core/pvm.h"

/* clang-format off */
/*  form   operands in the assembler            code layout after the opcode octet (GP 0.7.2 A.5) */
#define PVM_FORMS(F)                                                                               \
    F(N,    "")                              /* nothing                                         */ \
    F(I,    "X")                             /* X: up to 4 octets                               */ \
    F(RE,   "A, X")                          /* A; X: 8 octets                                  */ \
    F(II,   "X, Y")                          /* len X; X; Y                                     */ \
    F(O,    "target")                        /* signed offset                                   */ \
    F(RI,   "A, X")                          /* A; X                                            */ \
    F(RII,  "A, X, Y")                       /* A + len X << 4; X; Y                            */ \
    F(RIO,  "A, X, target")                  /* A + len X << 4; X; signed offset                */ \
    F(RR,   "D, A")                          /* D + A << 4                                      */ \
    F(RRI,  "A, B, X")                       /* A + B << 4; X                                   */ \
    F(RRO,  "A, B, target")                  /* A + B << 4; signed offset                       */ \
    F(RRII, "A, B, X, Y")                    /* A + B << 4; len X; X; Y                         */ \
    F(RRR,  "D, A, B")                       /* A + B << 4; D                                   */

#define PVM_OPCODES(X)                                                                             \
    X(TRAP                 , trap                 ,   0,   0, N   , T, _ , _,   2, FIX(1,1), _ , "panic") \
    X(FALLTHROUGH          , fallthrough          ,   1,   1, N   , T, _ , _,   2, FIX(1,1), _ , "no effect; 0.8.0: panics if the next position is no block start") \
    X(UNLIKELY             , unlikely             ,  NO,   2, N   , _, _ , _,  40, FIX(1,1), _ , "no effect but on gas") \
    X(ECALLI               , ecalli               ,  10,  10, I   , _, _ , _, 100, FIX(4,4), A , "exit HOST with id X") \
    X(LOAD_IMM_64          , load_imm_64          ,  20,  20, RE  , _, _ , A,   1, FIX(2,2), _ , "A := 8-octet literal, no extension") \
    X(STORE_IMM_U8         , store_imm_u8         ,  30,  30, II  , _, _ , _,  25, FIX(1,1), AS, "mem1[X] := Y mod 2^8") \
    X(STORE_IMM_U16        , store_imm_u16        ,  31,  31, II  , _, _ , _,  25, FIX(1,1), AS, "mem2[X] := Y mod 2^16") \
    X(STORE_IMM_U32        , store_imm_u32        ,  32,  32, II  , _, _ , _,  25, FIX(1,1), AS, "mem4[X] := Y mod 2^32") \
    X(STORE_IMM_U64        , store_imm_u64        ,  33,  33, II  , _, _ , _,  25, FIX(1,1), AS, "mem8[X] := Y mod 2^64") \
    X(JUMP                 , jump                 ,  40,  40, O   , T, _ , _,  15, FIX(1,1), _ , "unconditional static jump to X") \
    X(JUMP_IND             , jump_ind             ,  50,  50, RI  , T, A , _,  22, FIX(1,1), _ , "djump((A+X) mod 2^32)") \
    X(LOAD_IMM             , load_imm             ,  51,  51, RI  , _, _ , A,   1, FIX(1,1), _ , "A := X (sign-extended)") \
    X(LOAD_U8              , load_u8              ,  52,  52, RI  , _, _ , A,  25, FIX(1,1), AL, "A := zero-ext mem1[X]") \
    X(LOAD_I8              , load_i8              ,  53,  53, RI  , _, _ , A,  25, FIX(1,1), AL, "A := sign-ext mem1[X] to 64") \
    X(LOAD_U16             , load_u16             ,  54,  54, RI  , _, _ , A,  25, FIX(1,1), AL, "A := zero-ext mem2[X]") \
    X(LOAD_I16             , load_i16             ,  55,  55, RI  , _, _ , A,  25, FIX(1,1), AL, "A := sign-ext mem2[X] to 64") \
    X(LOAD_U32             , load_u32             ,  56,  56, RI  , _, _ , A,  25, FIX(1,1), AL, "A := zero-ext mem4[X]") \
    X(LOAD_I32             , load_i32             ,  57,  57, RI  , _, _ , A,  25, FIX(1,1), AL, "A := sign-ext mem4[X] to 64") \
    X(LOAD_U64             , load_u64             ,  58,  58, RI  , _, _ , A,  25, FIX(1,1), AL, "A := mem8[X]") \
    X(STORE_U8             , store_u8             ,  59,  59, RI  , _, A , _,  25, FIX(1,1), AS, "mem1[X] := A mod 2^8") \
    X(STORE_U16            , store_u16            ,  60,  60, RI  , _, A , _,  25, FIX(1,1), AS, "mem2[X] := A mod 2^16") \
    X(STORE_U32            , store_u32            ,  61,  61, RI  , _, A , _,  25, FIX(1,1), AS, "mem4[X] := A mod 2^32") \
    X(STORE_U64            , store_u64            ,  62,  62, RI  , _, A , _,  25, FIX(1,1), AS, "mem8[X] := A mod 2^64") \
    X(STORE_IMM_IND_U8     , store_imm_ind_u8     ,  70,  70, RII , _, A , _,  25, FIX(1,1), AS, "mem1[A+X] := Y mod 2^8") \
    X(STORE_IMM_IND_U16    , store_imm_ind_u16    ,  71,  71, RII , _, A , _,  25, FIX(1,1), AS, "mem2[A+X] := Y mod 2^16") \
    X(STORE_IMM_IND_U32    , store_imm_ind_u32    ,  72,  72, RII , _, A , _,  25, FIX(1,1), AS, "mem4[A+X] := Y mod 2^32") \
    X(STORE_IMM_IND_U64    , store_imm_ind_u64    ,  73,  73, RII , _, A , _,  25, FIX(1,1), AS, "mem8[A+X] := Y mod 2^64") \
    X(LOAD_IMM_JUMP        , load_imm_jump        ,  80,  80, RIO , T, _ , A,  15, FIX(1,1), _ , "A := X; unconditional static jump to Y") \
    X(BRANCH_EQ_IMM        , branch_eq_imm        ,  81,  81, RIO , T, A , _,  BR, FIX(1,1), A , "go to Y if A = X") \
    X(BRANCH_NE_IMM        , branch_ne_imm        ,  82,  82, RIO , T, A , _,  BR, FIX(1,1), A , "go to Y if A != X") \
    X(BRANCH_LT_U_IMM      , branch_lt_u_imm      ,  83,  83, RIO , T, A , _,  BR, FIX(1,1), A , "go to Y if A < X unsigned") \
    X(BRANCH_LE_U_IMM      , branch_le_u_imm      ,  84,  84, RIO , T, A , _,  BR, FIX(1,1), A , "go to Y if A <= X unsigned") \
    X(BRANCH_GE_U_IMM      , branch_ge_u_imm      ,  85,  85, RIO , T, A , _,  BR, FIX(1,1), A , "go to Y if A >= X unsigned") \
    X(BRANCH_GT_U_IMM      , branch_gt_u_imm      ,  86,  86, RIO , T, A , _,  BR, FIX(1,1), A , "go to Y if A > X unsigned") \
    X(BRANCH_LT_S_IMM      , branch_lt_s_imm      ,  87,  87, RIO , T, A , _,  BR, FIX(1,1), A , "go to Y if A < X signed 64") \
    X(BRANCH_LE_S_IMM      , branch_le_s_imm      ,  88,  88, RIO , T, A , _,  BR, FIX(1,1), A , "go to Y if A <= X signed 64") \
    X(BRANCH_GE_S_IMM      , branch_ge_s_imm      ,  89,  89, RIO , T, A , _,  BR, FIX(1,1), A , "go to Y if A >= X signed 64") \
    X(BRANCH_GT_S_IMM      , branch_gt_s_imm      ,  90,  90, RIO , T, A , _,  BR, FIX(1,1), A , "go to Y if A > X signed 64") \
    X(MOVE_REG             , move_reg             , 100, 100, RR  , _, A , D,   0, FIX(1,1), _ , "D := A") \
    X(SBRK                 , sbrk                 , 101,  NO, RR  , _, A , D,   1, FIX(1,1), _ , "grow heap by A octets, D := heap pointer") \
    X(COUNT_SET_BITS_64    , count_set_bits_64    , 102, 101, RR  , _, A , D,   1, FIX(1,1), A , "D := popcount of A") \
    X(COUNT_SET_BITS_32    , count_set_bits_32    , 103, 102, RR  , _, A , D,   1, FIX(1,1), A , "D := popcount of low 32 bits of A") \
    X(LEADING_ZERO_BITS_64 , leading_zero_bits_64 , 104, 103, RR  , _, A , D,   1, FIX(1,1), A , "D := leading zeros of A (64 when A=0)") \
    X(LEADING_ZERO_BITS_32 , leading_zero_bits_32 , 105, 104, RR  , _, A , D,   1, FIX(1,1), A , "D := leading zeros of low 32 bits (32 when zero)") \
    X(TRAILING_ZERO_BITS_64, trailing_zero_bits_64, 106, 105, RR  , _, A , D,   2, FIX(1,1), A2, "D := trailing zeros of A (64 when A=0)") \
    X(TRAILING_ZERO_BITS_32, trailing_zero_bits_32, 107, 106, RR  , _, A , D,   2, FIX(1,1), A2, "D := trailing zeros of low 32 bits (32 when zero)") \
    X(SIGN_EXTEND_8        , sign_extend_8        , 108, 107, RR  , _, A , D,   1, FIX(1,1), A , "D := sign-extend low 8 bits") \
    X(SIGN_EXTEND_16       , sign_extend_16       , 109, 108, RR  , _, A , D,   1, FIX(1,1), A , "D := sign-extend low 16 bits") \
    X(ZERO_EXTEND_16       , zero_extend_16       , 110, 109, RR  , _, A , D,   1, FIX(1,1), A , "D := low 16 bits") \
    X(REVERSE_BYTES        , reverse_bytes        , 111, 110, RR  , _, A , D,   1, ANY(1,2), A , "D := byte swap of all 8 octets") \
    X(STORE_IND_U8         , store_ind_u8         , 120, 120, RRI , _, AB, _,  25, FIX(1,1), AS, "mem1[B+X] := A mod 2^8") \
    X(STORE_IND_U16        , store_ind_u16        , 121, 121, RRI , _, AB, _,  25, FIX(1,1), AS, "mem2[B+X] := A mod 2^16") \
    X(STORE_IND_U32        , store_ind_u32        , 122, 122, RRI , _, AB, _,  25, FIX(1,1), AS, "mem4[B+X] := A mod 2^32") \
    X(STORE_IND_U64        , store_ind_u64        , 123, 123, RRI , _, AB, _,  25, FIX(1,1), AS, "mem8[B+X] := A mod 2^64") \
    X(LOAD_IND_U8          , load_ind_u8          , 124, 124, RRI , _, B , A,  25, FIX(1,1), AL, "A := zero-ext mem1[B+X]") \
    X(LOAD_IND_I8          , load_ind_i8          , 125, 125, RRI , _, B , A,  25, FIX(1,1), AL, "A := sign-ext mem1[B+X]") \
    X(LOAD_IND_U16         , load_ind_u16         , 126, 126, RRI , _, B , A,  25, FIX(1,1), AL, "A := zero-ext mem2[B+X]") \
    X(LOAD_IND_I16         , load_ind_i16         , 127, 127, RRI , _, B , A,  25, FIX(1,1), AL, "A := sign-ext mem2[B+X]") \
    X(LOAD_IND_U32         , load_ind_u32         , 128, 128, RRI , _, B , A,  25, FIX(1,1), AL, "A := zero-ext mem4[B+X]") \
    X(LOAD_IND_I32         , load_ind_i32         , 129, 129, RRI , _, B , A,  25, FIX(1,1), AL, "A := sign-ext mem4[B+X]") \
    X(LOAD_IND_U64         , load_ind_u64         , 130, 130, RRI , _, B , A,  25, FIX(1,1), AL, "A := mem8[B+X]") \
    X(ADD_IMM_32           , add_imm_32           , 131, 131, RRI , _, B , A,   2, ANY(2,3), A , "A := sx32(B + X)") \
    X(AND_IMM              , and_imm              , 132, 132, RRI , _, B , A,   1, ANY(1,2), A , "A := B AND X") \
    X(XOR_IMM              , xor_imm              , 133, 133, RRI , _, B , A,   1, ANY(1,2), A , "A := B XOR X") \
    X(OR_IMM               , or_imm               , 134, 134, RRI , _, B , A,   1, ANY(1,2), A , "A := B OR X") \
    X(MUL_IMM_32           , mul_imm_32           , 135, 135, RRI , _, B , A,   4, ANY(2,3), AM, "A := sx32(B * X)") \
    X(SET_LT_U_IMM         , set_lt_u_imm         , 136, 136, RRI , _, B , A,   3, FIX(3,3), A , "A := 1 if B < X unsigned else 0") \
    X(SET_LT_S_IMM         , set_lt_s_imm         , 137, 137, RRI , _, B , A,   3, FIX(3,3), A , "A := 1 if B < X signed else 0") \
    X(SHLO_L_IMM_32        , shlo_l_imm_32        , 138, 138, RRI , _, B , A,   2, ANY(2,3), A , "A := sx32(B << (X mod 32))") \
    X(SHLO_R_IMM_32        , shlo_r_imm_32        , 139, 139, RRI , _, B , A,   2, ANY(2,3), A , "A := sx32(low32(B) logical >> (X mod 32))") \
    X(SHAR_R_IMM_32        , shar_r_imm_32        , 140, 140, RRI , _, B , A,   2, ANY(2,3), A , "A := sign-ext of (int32)low32(B) arithmetic >> (X mod 32)") \
    X(NEG_ADD_IMM_32       , neg_add_imm_32       , 141, 141, RRI , _, B , A,   3, FIX(4,4), A , "A := sx32(X - B)") \
    X(SET_GT_U_IMM         , set_gt_u_imm         , 142, 142, RRI , _, B , A,   3, FIX(3,3), A , "A := 1 if B > X unsigned else 0") \
    X(SET_GT_S_IMM         , set_gt_s_imm         , 143, 143, RRI , _, B , A,   3, FIX(3,3), A , "A := 1 if B > X signed else 0") \
    X(SHLO_L_IMM_ALT_32    , shlo_l_imm_alt_32    , 144, 144, RRI , _, B , A,   2, FIX(4,4), A , "A := sx32(X << (B mod 32))") \
    X(SHLO_R_IMM_ALT_32    , shlo_r_imm_alt_32    , 145, 145, RRI , _, B , A,   2, FIX(4,4), A , "A := sx32(low32(X) logical >> (B mod 32))") \
    X(SHAR_R_IMM_ALT_32    , shar_r_imm_alt_32    , 146, 146, RRI , _, B , A,   2, FIX(4,4), A , "A := sign-ext of (int32)low32(X) arithmetic >> (B mod 32)") \
    X(CMOV_IZ_IMM          , cmov_iz_imm          , 147, 147, RRI , _, B , A,   2, FIX(3,3), A , "A := X if B = 0 else A") \
    X(CMOV_NZ_IMM          , cmov_nz_imm          , 148, 148, RRI , _, B , A,   2, FIX(3,3), A , "A := X if B != 0 else A") \
    X(ADD_IMM_64           , add_imm_64           , 149, 149, RRI , _, B , A,   1, ANY(1,2), A , "A := B + X mod 2^64") \
    X(MUL_IMM_64           , mul_imm_64           , 150, 150, RRI , _, B , A,   3, ANY(1,2), AM, "A := B * X mod 2^64") \
    X(SHLO_L_IMM_64        , shlo_l_imm_64        , 151, 151, RRI , _, B , A,   1, ANY(1,2), A , "A := B << (X mod 64)") \
    X(SHLO_R_IMM_64        , shlo_r_imm_64        , 152, 152, RRI , _, B , A,   1, ANY(1,2), A , "A := B logical >> (X mod 64)") \
    X(SHAR_R_IMM_64        , shar_r_imm_64        , 153, 153, RRI , _, B , A,   1, ANY(1,2), A , "A := signed B arithmetic >> (X mod 64)") \
    X(NEG_ADD_IMM_64       , neg_add_imm_64       , 154, 154, RRI , _, B , A,   2, FIX(3,3), A , "A := X - B mod 2^64") \
    X(SHLO_L_IMM_ALT_64    , shlo_l_imm_alt_64    , 155, 155, RRI , _, B , A,   1, FIX(3,3), A , "A := X << (B mod 64)") \
    X(SHLO_R_IMM_ALT_64    , shlo_r_imm_alt_64    , 156, 156, RRI , _, B , A,   1, FIX(3,3), A , "A := X logical >> (B mod 64)") \
    X(SHAR_R_IMM_ALT_64    , shar_r_imm_alt_64    , 157, 157, RRI , _, B , A,   1, FIX(3,3), A , "A := signed X arithmetic >> (B mod 64)") \
    X(ROT_R_64_IMM         , rot_r_64_imm         , 158, 158, RRI , _, B , A,   1, ANY(1,2), A , "A := rotate-right-64 of B by X mod 64") \
    X(ROT_R_64_IMM_ALT     , rot_r_64_imm_alt     , 159, 159, RRI , _, B , A,   1, FIX(3,3), A , "A := rotate-right-64 of X by B mod 64") \
    X(ROT_R_32_IMM         , rot_r_32_imm         , 160, 160, RRI , _, B , A,   2, ANY(2,3), A , "A := sx32(rotate-right-32 of low32(B) by X mod 32)") \
    X(ROT_R_32_IMM_ALT     , rot_r_32_imm_alt     , 161, 161, RRI , _, B , A,   2, FIX(4,4), A , "A := sx32(rotate-right-32 of low32(X) by B mod 32)") \
    X(BRANCH_EQ            , branch_eq            , 170, 170, RRO , T, AB, _,  BR, FIX(1,1), A , "go to X if A = B") \
    X(BRANCH_NE            , branch_ne            , 171, 171, RRO , T, AB, _,  BR, FIX(1,1), A , "go to X if A != B") \
    X(BRANCH_LT_U          , branch_lt_u          , 172, 172, RRO , T, AB, _,  BR, FIX(1,1), A , "go to X if A < B unsigned") \
    X(BRANCH_LT_S          , branch_lt_s          , 173, 173, RRO , T, AB, _,  BR, FIX(1,1), A , "go to X if A < B signed") \
    X(BRANCH_GE_U          , branch_ge_u          , 174, 174, RRO , T, AB, _,  BR, FIX(1,1), A , "go to X if A >= B unsigned") \
    X(BRANCH_GE_S          , branch_ge_s          , 175, 175, RRO , T, AB, _,  BR, FIX(1,1), A , "go to X if A >= B signed") \
    X(LOAD_IMM_JUMP_IND    , load_imm_jump_ind    , 180, 180, RRII, T, B , A,  22, FIX(1,1), _ , "djump((B+Y) mod 2^32) using old B; A := X") \
    X(ADD_32               , add_32               , 190, 190, RRR , _, AB, D,   2, ANY(2,3), A , "D := sx32(A + B)") \
    X(SUB_32               , sub_32               , 191, 191, RRR , _, AB, D,   2, ANY(2,3), A , "D := sx32(A - B)") \
    X(MUL_32               , mul_32               , 192, 192, RRR , _, AB, D,   4, ANY(2,3), AM, "D := sx32(A * B)") \
    X(DIV_U_32             , div_u_32             , 193, 193, RRR , _, AB, D,  60, FIX(4,4), AD, "D := low32(B)=0: 2^64-1; else sx32(low32(A) / low32(B))") \
    X(DIV_S_32             , div_s_32             , 194, 194, RRR , _, AB, D,  60, FIX(4,4), AD, "D := b=0: 2^64-1; a=-2^31 and b=-1: sign-ext a; else truncating a/b sign-extended (a,b = int32 of low halves)") \
    X(REM_U_32             , rem_u_32             , 195, 195, RRR , _, AB, D,  60, FIX(4,4), AD, "D := low32(B)=0: sx32(low32(A)); else sx32(low32(A) mod low32(B))") \
    X(REM_S_32             , rem_s_32             , 196, 196, RRR , _, AB, D,  60, FIX(4,4), AD, "D := a=-2^31 and b=-1: 0; b=0: sign-ext a; else remainder with the sign of a, sign-extended") \
    X(SHLO_L_32            , shlo_l_32            , 197, 197, RRR , _, AB, D,   2, ONE(3,4), A , "D := sx32(A << (B mod 32))") \
    X(SHLO_R_32            , shlo_r_32            , 198, 198, RRR , _, AB, D,   2, ONE(3,4), A , "D := sx32(low32(A) logical >> (B mod 32))") \
    X(SHAR_R_32            , shar_r_32            , 199, 199, RRR , _, AB, D,   2, ONE(3,4), A , "D := sign-ext of (int32)low32(A) arithmetic >> (B mod 32)") \
    X(ADD_64               , add_64               , 200, 200, RRR , _, AB, D,   1, ANY(1,2), A , "D := A + B mod 2^64") \
    X(SUB_64               , sub_64               , 201, 201, RRR , _, AB, D,   1, ANY(1,2), A , "D := A - B mod 2^64") \
    X(MUL_64               , mul_64               , 202, 202, RRR , _, AB, D,   3, ANY(1,2), AM, "D := A * B mod 2^64") \
    X(DIV_U_64             , div_u_64             , 203, 203, RRR , _, AB, D,  60, FIX(4,4), AD, "D := B=0: 2^64-1; else A / B") \
    X(DIV_S_64             , div_s_64             , 204, 204, RRR , _, AB, D,  60, FIX(4,4), AD, "D := B=0: 2^64-1; A=-2^63 and B=-1: A; else truncating quotient") \
    X(REM_U_64             , rem_u_64             , 205, 205, RRR , _, AB, D,  60, FIX(4,4), AD, "D := B=0: A; else A mod B") \
    X(REM_S_64             , rem_s_64             , 206, 206, RRR , _, AB, D,  60, FIX(4,4), AD, "D := A=-2^63 and B=-1: 0; B=0: A; else remainder with the sign of A") \
    X(SHLO_L_64            , shlo_l_64            , 207, 207, RRR , _, AB, D,   1, ONE(2,3), A , "D := A << (B mod 64)") \
    X(SHLO_R_64            , shlo_r_64            , 208, 208, RRR , _, AB, D,   1, ONE(2,3), A , "D := A logical >> (B mod 64)") \
    X(SHAR_R_64            , shar_r_64            , 209, 209, RRR , _, AB, D,   1, ONE(2,3), A , "D := signed A arithmetic >> (B mod 64)") \
    X(AND                  , and                  , 210, 210, RRR , _, AB, D,   1, ANY(1,2), A , "D := A AND B") \
    X(XOR                  , xor                  , 211, 211, RRR , _, AB, D,   1, ANY(1,2), A , "D := A XOR B") \
    X(OR                   , or                   , 212, 212, RRR , _, AB, D,   1, ANY(1,2), A , "D := A OR B") \
    X(MUL_UPPER_S_S        , mul_upper_s_s        , 213, 213, RRR , _, AB, D,   4, FIX(4,4), AM, "D := high 64 bits of signed*signed 128-bit product") \
    X(MUL_UPPER_U_U        , mul_upper_u_u        , 214, 214, RRR , _, AB, D,   4, FIX(4,4), AM, "D := high 64 bits of unsigned*unsigned product") \
    X(MUL_UPPER_S_U        , mul_upper_s_u        , 215, 215, RRR , _, AB, D,   6, FIX(4,4), AM, "D := high 64 bits of signed A * unsigned B") \
    X(SET_LT_U             , set_lt_u             , 216, 216, RRR , _, AB, D,   3, FIX(3,3), A , "D := 1 if A < B unsigned else 0") \
    X(SET_LT_S             , set_lt_s             , 217, 217, RRR , _, AB, D,   3, FIX(3,3), A , "D := 1 if A < B signed else 0") \
    X(CMOV_IZ              , cmov_iz              , 218, 218, RRR , _, AB, D,   2, FIX(2,2), A , "D := A if B = 0 else D unchanged") \
    X(CMOV_NZ              , cmov_nz              , 219, 219, RRR , _, AB, D,   2, FIX(2,2), A , "D := A if B != 0 else D unchanged") \
    X(ROT_L_64             , rot_l_64             , 220, 220, RRR , _, AB, D,   1, ONE(2,3), A , "D := rotate-left-64 of A by B mod 64") \
    X(ROT_L_32             , rot_l_32             , 221, 221, RRR , _, AB, D,   2, ONE(3,4), A , "D := sx32(rotate-left-32 of low32(A) by B mod 32)") \
    X(ROT_R_64             , rot_r_64             , 222, 222, RRR , _, AB, D,   1, ONE(2,3), A , "D := rotate-right-64 of A by B mod 64") \
    X(ROT_R_32             , rot_r_32             , 223, 223, RRR , _, AB, D,   2, ONE(3,4), A , "D := sx32(rotate-right-32 of low32(A) by B mod 32)") \
    X(AND_INV              , and_inv              , 224, 224, RRR , _, AB, D,   2, FIX(3,3), A , "D := A AND NOT B") \
    X(OR_INV               , or_inv               , 225, 225, RRR , _, AB, D,   2, FIX(3,3), A , "D := A OR NOT B") \
    X(XNOR                 , xnor                 , 226, 226, RRR , _, AB, D,   2, ANY(2,3), A , "D := NOT (A XOR B)") \
    X(MAX                  , max                  , 227, 227, RRR , _, AB, D,   3, ANY(2,3), A , "D := signed max") \
    X(MAX_U                , max_u                , 228, 228, RRR , _, AB, D,   3, ANY(2,3), A , "D := unsigned max") \
    X(MIN                  , min                  , 229, 229, RRR , _, AB, D,   3, ANY(2,3), A , "D := signed min") \
    X(MIN_U                , min_u                , 230, 230, RRR , _, AB, D,   3, ANY(2,3), A , "D := unsigned min")
/* clang-format on */

enum pvm_form {
#define F(form, operands) PVM_FORM_##form,
    PVM_FORMS(F)
#undef F
};

/* Dense numbers, the same in every GP version. */
enum pvm_op {
#define X(NAME, name, O1, O2, form, t, src, dst, cycles, slots, units, text) PVM_OP_##NAME,
    PVM_OPCODES(X)
#undef X
    PVM_OP_COUNT
};

/* Which opcode octets a program uses: a column of the table, or the draft of the block gas model of
 * November 2025, which is O1 with `unlikely` as 3. */
enum pvm_isa { PVM_ISA_O1, PVM_ISA_O2, PVM_ISA_DRAFT, PVM_ISA_COUNT };

enum { PVM_NO_OPCODE = 0x100 };

enum pvm_operand_set { PVM_A = 1, PVM_B = 2, PVM_D = 4 };
enum pvm_slot_rule { PVM_SLOTS_FIX, PVM_SLOTS_ANY, PVM_SLOTS_ONE };
enum { PVM_CYCLES_BRANCH = 0xff };

/* Functional units of GP 0.8.0 A.9, in this order. */
enum pvm_unit { PVM_UNIT_A, PVM_UNIT_L, PVM_UNIT_S, PVM_UNIT_M, PVM_UNIT_D, PVM_UNIT_COUNT };

struct pvm_op_info {
    const char *name;
    const char *operation;
    uint16_t octet[PVM_ISA_COUNT]; /* PVM_NO_OPCODE where the version lacks it */
    uint8_t form;                  /* enum pvm_form */
    uint8_t terminator;            /* 1: ends a basic block */
    uint8_t reads, writes;         /* sets of enum pvm_operand_set */
    uint8_t cycles;                /* PVM_CYCLES_BRANCH: depends on the targets */
    uint8_t slot_rule, slots_same, slots_other;
    uint8_t units[8];              /* the first PVM_UNIT_COUNT by enum pvm_unit */
};

extern const struct pvm_op_info pvm_op_table[PVM_OP_COUNT];

/* The instruction an opcode octet stands for, PVM_OP_COUNT when there is none. */
enum pvm_op pvm_op_of_octet(enum pvm_isa isa, uint8_t octet);

/* The same as a table of 256 entries for decoders: 1 + enum pvm_op, 0 for none. */
const uint8_t *pvm_op_octets(enum pvm_isa isa);

/* By GP mnemonic of len characters; PVM_OP_COUNT when unknown. */
enum pvm_op pvm_op_by_name(const char *name, unsigned len);

const char *pvm_form_name(enum pvm_form form);
const char *pvm_form_operands(enum pvm_form form);

/* ra sp t0 t1 t2 s0 s1 a0 .. a5 */
const char *pvm_reg_name(unsigned reg);

#endif
