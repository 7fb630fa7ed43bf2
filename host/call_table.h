/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every host call of every invocation and version: the one place that knows them. host/call_rows.c
 * makes extensions (host/jam_extension.h) of it, one of each list.
 *
 * Row: NAME, name, the GP's letter, five cells (0.6.2 to 0.6.4, 0.6.5, 0.6.6, 0.6.7 to 0.7.2,
 * 0.8.0), price before 0.8.0, price from 0.8.0 on, handler, registers read, registers written,
 * memory, inputs as of 0.7.2. A cell is the invocations the call is open in (I is-authorized, R
 * refine, A accumulate, T on-transfer; on-transfer ended with 0.7.0) and its number, or NO.
 *
 * Prices before 0.8.0: TEN; TEN_TRANSFER, to which versions to 0.7.1 add r9; TEN_LOG, which
 * versions to 0.7.1 give away. From 0.8.0 on (GP 0.8.0 I.4.5), n being a register:
 *     P(base)                             base
 *     PN(base, rate, reg)                 base + rate * n
 *     PM(base, rate, reg)                 base + ceil(rate * n / 1024)
 *     PMM(base, rate, reg, rate, reg)     the same twice
 *     PR(name)                            a rule of its own, jam_price_<name> in host/price.c
 *
 * Registers and memory are those of all versions together: S(first, last); W7 and W78; and ranges
 * that begin at the address in a register,
 *     IN(reg, octets)                     read, so many octets
 *     INN(reg, len)                       read, as many as the register len says
 *     INS(reg, size, count)               read, size for each that the register count says
 *     OUTC, OUT                           written: as IN and INN
 * CORES, QUEUE and VALIDATORS are what lists for a chain's constants may take at most.
 */
#ifndef HOST_CALL_TABLE_H
#define HOST_CALL_TABLE_H

/* clang-format off */
#define JAM_CALLS_GENERAL(X) \
    X(GAS,               gas,               "G",      C(IRAT,0),   C(IRAT,0),   C(IRAT,0),   C(IRAT,0),   C(IRAT,0),  TEN,          P(48),                   jam_call_gas,               NONE,    W7,  M0,                                            "-") \
    X(GROW_HEAP,         grow_heap,         "Gemini", NO,          NO,          NO,          NO,          C(IRA,1),   TEN,          PR(grow_heap),           jam_call_grow_heap,         S(7,7),  W7,  M0,                                            "r7=page") \
    X(FETCH,             fetch,             "Y",      C(R,18),     C(R,18),     C(IRAT,18),  C(IRAT,1),   C(IRA,2),   TEN,          PR(fetch),               jam_call_fetch,             S(7,12), W7,  M1(OUT(7,9)),                                  "r7=out r8=offset r9=maxlen r10=kind r11,r12=indices") \
    X(LOOKUP,            lookup,            "L",      C(AT,1),     C(AT,1),     C(AT,1),     C(AT,2),     C(A,3),     TEN,          PM(600,248,11),          jam_call_lookup,            S(7,11), W7,  M2(IN(8,32), OUT(9,11)),                       "r7=service r8=hash r9=out r10=offset r11=maxlen") \
    X(READ,              read,              "R",      C(AT,2),     C(AT,2),     C(AT,2),     C(AT,3),     C(A,4),     TEN,          PMM(2407,1736,9,248,12), jam_call_read,              S(7,12), W7,  M2(INN(8,9), OUT(10,12)),                      "r7=service r8=key r9=keylen r10=out r11=offset r12=maxlen") \
    X(WRITE,             write,             "W",      C(AT,3),     C(AT,3),     C(AT,3),     C(AT,4),     C(A,5),     TEN,          PMM(2442,3358,8,216,10), jam_call_write,             S(7,10), W7,  M2(INN(7,8), INN(9,10)),                       "r7=key r8=keylen r9=value r10=valuelen") \
    X(INFO,              info,              "I",      C(AT,4),     C(AT,4),     C(AT,4),     C(AT,5),     C(A,6),     TEN,          P(703),                  jam_call_info,              S(7,10), W7,  M1(OUTC(8,128)),                               "r7=service r8=out r9=offset r10=maxlen")

#define JAM_CALLS_REFINE(X) \
    X(HISTORICAL_LOOKUP, historical_lookup, "H",      C(R,17),     C(R,17),     C(R,17),     C(R,6),      C(R,7),     TEN,          PM(1125,264,11),         jam_call_historical_lookup, S(7,11), W7,  M2(IN(8,32), OUT(9,11)),                       "r7=service r8=hash r9=out r10=offset r11=maxlen") \
    X(EXPORT,            export,            "E",      C(R,19),     C(R,19),     C(R,19),     C(R,7),      C(R,8),     TEN,          P(3521),                 jam_call_export,            S(7,8),  W7,  M1(INN(7,8)),                                  "r7=ptr r8=len") \
    X(MACHINE,           machine,           "M",      C(R,20),     C(R,20),     C(R,20),     C(R,8),      C(R,9),     TEN,          PM(1862,112,8),          jam_call_machine,           S(7,9),  W7,  M1(INN(7,8)),                                  "r7=blob r8=bloblen r9=pc") \
    X(PEEK,              peek,              "P",      C(R,21),     C(R,21),     C(R,21),     C(R,9),      C(R,10),    TEN,          PM(377,336,10),          jam_call_peek,              S(7,10), W7,  M1(OUT(8,10)),                                 "r7=machine r8=outer-dst r9=inner-src r10=len") \
    X(POKE,              poke,              "O",      C(R,22),     C(R,22),     C(R,22),     C(R,10),     C(R,11),    TEN,          PM(297,224,10),          jam_call_poke,              S(7,10), W7,  M1(INN(8,10)),                                 "r7=machine r8=outer-src r9=inner-dst r10=len") \
    X(PAGES,             pages,             "Z",      NO,          NO,          NO,          C(R,11),     C(R,12),    TEN,          PR(pages),               jam_call_pages,             S(7,10), W7,  M0,                                            "r7=machine r8=page r9=count r10=mode") \
    X(ZERO,              zero,              "Z",      C(R,23),     C(R,23),     C(R,23),     NO,          NO,         TEN,          P(0),                    jam_call_zero,              S(7,9),  W7,  M0,                                            "r7=machine r8=page r9=count") \
    X(VOID,              void,              "V",      C(R,24),     C(R,24),     C(R,24),     NO,          NO,         TEN,          P(0),                    jam_call_void,              S(7,9),  W7,  M0,                                            "r7=machine r8=page r9=count") \
    X(INVOKE,            invoke,            "K",      C(R,25),     C(R,25),     C(R,25),     C(R,12),     C(R,13),    TEN,          PR(invoke),              jam_call_invoke,            S(7,8),  W78, M2(IN(8,112), OUTC(8,112)),                    "r7=machine r8=gas-and-registers") \
    X(EXPUNGE,           expunge,           "X",      C(R,26),     C(R,26),     C(R,26),     C(R,13),     C(R,14),    TEN,          P(335),                  jam_call_expunge,           S(7,7),  W7,  M0,                                            "r7=machine")

#define JAM_CALLS_ACCUMULATE(X) \
    X(BLESS,             bless,             "B",      C(A,5),      C(A,5),      C(A,5),      C(A,14),     C(A,15),    TEN,          PN(422,20,12),           jam_call_bless,             S(7,12), W7,  M3(IN(8,CORES), INS(10,12,11), INS(11,12,12)), "r7=manager r8=assigners r9=delegator r10=registrar r11=pairs r12=count") \
    X(ASSIGN,            assign,            "A",      C(A,6),      C(A,6),      C(A,6),      C(A,15),     C(A,16),    TEN,          P(1818),                 jam_call_assign,            S(7,9),  W7,  M1(IN(8,QUEUE)),                               "r7=core r8=queue r9=assigner") \
    X(DESIGNATE,         designate,         "D",      C(A,7),      C(A,7),      C(A,7),      C(A,16),     C(A,17),    TEN,          PN(1100,302,8),          jam_call_designate,         S(7,8),  W7,  M2(IN(7,VALIDATORS), INS(7,336,8)),            "r7=keys") \
    X(CHECKPOINT,        checkpoint,        "C",      C(A,8),      C(A,8),      C(A,8),      C(A,17),     C(A,18),    TEN,          P(103),                  jam_call_checkpoint,        NONE,    W7,  M0,                                            "-") \
    X(NEW,               new,               "N",      C(A,9),      C(A,9),      C(A,9),      C(A,18),     C(A,19),    TEN,          P(3855),                 jam_call_new,               S(7,12), W7,  M1(IN(7,32)),                                  "r7=codehash r8=codelen r9=itemgas r10=memogas r11=gratis r12=id") \
    X(UPGRADE,           upgrade,           "U",      C(A,10),     C(A,10),     C(A,10),     C(A,19),     C(A,20),    TEN,          P(1028),                 jam_call_upgrade,           S(7,9),  W7,  M1(IN(7,32)),                                  "r7=codehash r8=itemgas r9=memogas") \
    X(TRANSFER,          transfer,          "T",      C(A,11),     C(A,11),     C(A,11),     C(A,20),     C(A,21),    TEN_TRANSFER, P(575),                  jam_call_transfer,          S(7,10), W7,  M1(IN(10,128)),                                "r7=dest r8=amount r9=gas r10=memo") \
    X(EJECT,             eject,             "J",      C(A,12),     C(A,12),     C(A,12),     C(A,21),     C(A,22),    TEN,          P(458),                  jam_call_eject,             S(7,8),  W7,  M1(IN(8,32)),                                  "r7=service r8=hash") \
    X(QUERY,             query,             "Q",      C(A,13),     C(A,13),     C(A,13),     C(A,22),     C(A,23),    TEN,          P(643),                  jam_call_query,             S(7,8),  W78, M1(IN(7,32)),                                  "r7=hash r8=len") \
    X(SOLICIT,           solicit,           "S",      C(A,14),     C(A,14),     C(A,14),     C(A,23),     C(A,24),    TEN,          P(2193),                 jam_call_solicit,           S(7,8),  W7,  M1(IN(7,32)),                                  "r7=hash r8=len") \
    X(FORGET,            forget,            "F",      C(A,15),     C(A,15),     C(A,15),     C(A,24),     C(A,25),    TEN,          P(3250),                 jam_call_forget,            S(7,8),  W7,  M1(IN(7,32)),                                  "r7=hash r8=len") \
    X(YIELD,             yield,             "Taurus", C(A,16),     C(A,16),     C(A,16),     C(A,25),     C(A,26),    TEN,          P(98),                   jam_call_yield,             S(7,7),  W7,  M1(IN(7,32)),                                  "r7=hash") \
    X(PROVIDE,           provide,           "Aries",  NO,          C(A,27),     C(A,27),     C(A,26),     C(A,27),    TEN,          PM(3980,2264,9),         jam_call_provide,           S(7,9),  W7,  M1(INN(8,9)),                                  "r7=service r8=ptr r9=len")

#define JAM_CALLS_JIP1(X) \
    X(LOG,               log,               "-",      C(IRAT,100), C(IRAT,100), C(IRAT,100), C(IRAT,100), C(IRA,100), TEN_LOG,      P(1000),                 jam_call_log,               S(7,11), W7,  M2(INN(8,9), INN(10,11)),                      "r7=level r8=target r9=targetlen r10=message r11=messagelen")
/* clang-format on */

/* In the order of enum jam_call_id. */
#define JAM_CALLS(X)                                                                               \
    JAM_CALLS_GENERAL(X) JAM_CALLS_REFINE(X) JAM_CALLS_ACCUMULATE(X) JAM_CALLS_JIP1(X)

#endif
