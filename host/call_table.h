/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every host call of every invocation and version: the one place that knows them.
 *
 * Row: NAME, name, the GP's letter, five cells (0.6.2 to 0.6.4, 0.6.5, 0.6.6, 0.6.7 to 0.7.2,
 * 0.8.0), price, handler, inputs as of 0.7.2. A cell is the invocations the call is open in
 * (I is-authorized, R refine, A accumulate, T on-transfer; on-transfer ended with 0.7.0) and its
 * number, or NO. price names a field of struct jam_prices. A row whose handler is `later` has its
 * number and name, but is open nowhere yet.
 */
#ifndef HOST_CALL_TABLE_H
#define HOST_CALL_TABLE_H

/* clang-format off */
#define JAM_CALLS(X)                                                                                                              \
    X(GAS,         gas,         "G",  C(IRAT,0),  C(IRAT,0),  C(IRAT,0),  C(IRAT,0),  C(IRAT,0), call, jam_call_gas,         "-") \
    X(GROW_HEAP,   grow_heap,   "Gemini", NO,     NO,         NO,         NO,         C(IRA,1),  call, later,                "r7=page") \
    X(FETCH,       fetch,       "Y",  C(R,18),    C(R,18),    C(IRAT,18), C(IRAT,1),  C(IRA,2),  call, jam_call_fetch,       "r7=out r8=offset r9=maxlen r10=kind r11,r12=indices") \
    X(LOOKUP,      lookup,      "L",  C(AT,1),    C(AT,1),    C(AT,1),    C(AT,2),    C(A,3),    call, later,                "r7=service r8=hash r9=out r10=offset r11=maxlen") \
    X(READ,        read,        "R",  C(AT,2),    C(AT,2),    C(AT,2),    C(AT,3),    C(A,4),    call, later,                "r7=service r8=key r9=keylen r10=out r11=offset r12=maxlen") \
    X(WRITE,       write,       "W",  C(AT,3),    C(AT,3),    C(AT,3),    C(AT,4),    C(A,5),    call, later,                "r7=key r8=keylen r9=value r10=valuelen") \
    X(INFO,        info,        "I",  C(AT,4),    C(AT,4),    C(AT,4),    C(AT,5),    C(A,6),    call, later,                "r7=service r8=out r9=offset r10=maxlen") \
    X(HISTORICAL_LOOKUP, historical_lookup, "H", C(R,17), C(R,17), C(R,17), C(R,6),   C(R,7),    call, jam_call_historical_lookup, "r7=service r8=hash r9=out r10=offset r11=maxlen") \
    X(EXPORT,      export,      "E",  C(R,19),    C(R,19),    C(R,19),    C(R,7),     C(R,8),    call, jam_call_export,      "r7=ptr r8=len") \
    X(MACHINE,     machine,     "M",  C(R,20),    C(R,20),    C(R,20),    C(R,8),     C(R,9),    call, jam_call_machine,     "r7=blob r8=bloblen r9=pc") \
    X(PEEK,        peek,        "P",  C(R,21),    C(R,21),    C(R,21),    C(R,9),     C(R,10),   call, jam_call_peek,        "r7=machine r8=outer-dst r9=inner-src r10=len") \
    X(POKE,        poke,        "O",  C(R,22),    C(R,22),    C(R,22),    C(R,10),    C(R,11),   call, jam_call_poke,        "r7=machine r8=outer-src r9=inner-dst r10=len") \
    X(PAGES,       pages,       "Z",  NO,         NO,         NO,         C(R,11),    C(R,12),   call, jam_call_pages,       "r7=machine r8=page r9=count r10=mode") \
    X(ZERO,        zero,        "Z",  C(R,23),    C(R,23),    C(R,23),    NO,         NO,        call, later,                "r7=machine r8=page r9=count") \
    X(VOID,        void,        "V",  C(R,24),    C(R,24),    C(R,24),    NO,         NO,        call, later,                "r7=machine r8=page r9=count") \
    X(INVOKE,      invoke,      "K",  C(R,25),    C(R,25),    C(R,25),    C(R,12),    C(R,13),   call, jam_call_invoke,      "r7=machine r8=gas-and-registers") \
    X(EXPUNGE,     expunge,     "X",  C(R,26),    C(R,26),    C(R,26),    C(R,13),    C(R,14),   call, jam_call_expunge,     "r7=machine") \
    X(BLESS,       bless,       "B",  C(A,5),     C(A,5),     C(A,5),     C(A,14),    C(A,15),   call, later,                "r7=manager r8=assigners r9=delegator r10=registrar r11=pairs r12=count") \
    X(ASSIGN,      assign,      "A",  C(A,6),     C(A,6),     C(A,6),     C(A,15),    C(A,16),   call, later,                "r7=core r8=queue r9=assigner") \
    X(DESIGNATE,   designate,   "D",  C(A,7),     C(A,7),     C(A,7),     C(A,16),    C(A,17),   call, later,                "r7=keys") \
    X(CHECKPOINT,  checkpoint,  "C",  C(A,8),     C(A,8),     C(A,8),     C(A,17),    C(A,18),   call, later,                "-") \
    X(NEW,         new,         "N",  C(A,9),     C(A,9),     C(A,9),     C(A,18),    C(A,19),   call, later,                "r7=codehash r8=codelen r9=itemgas r10=memogas r11=gratis r12=id") \
    X(UPGRADE,     upgrade,     "U",  C(A,10),    C(A,10),    C(A,10),    C(A,19),    C(A,20),   call, later,                "r7=codehash r8=itemgas r9=memogas") \
    X(TRANSFER,    transfer,    "T",  C(A,11),    C(A,11),    C(A,11),    C(A,20),    C(A,21),   call, later,                "r7=dest r8=amount r9=gas r10=memo") \
    X(EJECT,       eject,       "J",  C(A,12),    C(A,12),    C(A,12),    C(A,21),    C(A,22),   call, later,                "r7=service r8=hash") \
    X(QUERY,       query,       "Q",  C(A,13),    C(A,13),    C(A,13),    C(A,22),    C(A,23),   call, later,                "r7=hash r8=len") \
    X(SOLICIT,     solicit,     "S",  C(A,14),    C(A,14),    C(A,14),    C(A,23),    C(A,24),   call, later,                "r7=hash r8=len") \
    X(FORGET,      forget,      "F",  C(A,15),    C(A,15),    C(A,15),    C(A,24),    C(A,25),   call, later,                "r7=hash r8=len") \
    X(YIELD,       yield,       "Taurus", C(A,16), C(A,16),   C(A,16),    C(A,25),    C(A,26),   call, later,                "r7=hash") \
    X(PROVIDE,     provide,     "Aries", NO,      C(A,27),    C(A,27),    C(A,26),    C(A,27),   call, later,                "r7=service r8=ptr r9=len") \
    X(LOG,         log,         "-",  C(IRAT,100), C(IRAT,100), C(IRAT,100), C(IRAT,100), C(IRA,100), log, jam_call_log,      "r7=level r8=target r9=targetlen r10=message r11=messagelen")
/* clang-format on */

#endif
