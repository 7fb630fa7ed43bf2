/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workloads of testdata/bench in C: what the machine itself can do, and a second opinion on
 * their checksums.
 *
 *     native WORKLOAD N       prints the checksum and the nanoseconds it took
 *
 * An empty asm keeps the compiler from computing a loop's end without running it.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MULTIPLIER UINT64_C(6364136223846793005)
#define INCREMENT  UINT64_C(1442695040888963407)

#define KEEP(value) __asm__ volatile("" : "+r"(value))

__extension__ typedef unsigned __int128 wide;

static uint64_t rotate(uint64_t value, unsigned by)
{
    return value >> by | value << (64 - by);
}

static uint64_t fib(uint64_t n)
{
    uint64_t a = 0;
    uint64_t b = 1;
    for (; n != 0; n--) {
        uint64_t sum = a + b;
        a = b;
        b = sum;
        KEEP(a);
    }
    return a;
}

enum { SIEVE = 1 << 20 };

static uint8_t sieve_octets[SIEVE];

static uint64_t sieve(uint64_t n)
{
    uint64_t primes = 0;
    for (; n != 0; n--) {
        memset(sieve_octets, 0, SIEVE);
        for (uint64_t i = 2; i * i < SIEVE; i++) {
            if (sieve_octets[i] != 0)
                continue;
            for (uint64_t k = i * i; k < SIEVE; k += i)
                sieve_octets[k] = 1;
        }
        for (uint64_t i = 2; i < SIEVE; i++)
            primes += sieve_octets[i] ^ 1;
    }
    return primes;
}

static uint64_t collatz(uint64_t n)
{
    uint64_t steps = 0;
    for (uint64_t i = 1; i <= n; i++) {
        for (uint64_t x = i; x != 1; steps++)
            x = (x & 1) != 0 ? 3 * x + 1 : x >> 1;
    }
    return steps;
}

enum { WORDS = (1 << 16) / 8 };

static uint64_t copy_from[WORDS], copy_to[WORDS];

static uint64_t copy(uint64_t n)
{
    uint64_t sum = 0;
    uint64_t x = 7;
    for (unsigned i = 0; i < WORDS; i++)
        copy_from[i] = x = x * MULTIPLIER + INCREMENT;
    for (; n != 0; n--) {
        copy_from[0] += n;
        memcpy(copy_to, copy_from, sizeof copy_to);
        __asm__ volatile("" ::: "memory");
        sum = (sum + copy_to[8]) ^ copy_to[0];
    }
    for (unsigned i = 0; i < WORDS; i++)
        sum += copy_to[i];
    return sum;
}

static uint64_t muldiv(uint64_t n)
{
    uint64_t sum = 0;
    uint64_t x = 12345;
    for (; n != 0; n--) {
        x = x * MULTIPLIER + INCREMENT;
        uint64_t a = x >> 21;
        uint64_t b = (x & 0x7fff) | 1;
        sum += (a / b) ^ (a % b);
        sum += (uint64_t)(int64_t)((int32_t)(uint32_t)a / (int32_t)(uint32_t)b);
        sum ^= (uint64_t)(int64_t)(int32_t)((uint32_t)a % (uint32_t)b);
        sum += (uint64_t)((wide)x * a >> 64);
        sum ^= (uint64_t)(int64_t)(int32_t)((uint32_t)x * (uint32_t)b);
    }
    return sum;
}

enum { CODES = 4096 };

static uint8_t codes[CODES + 1];

/* One jump a handler, as an interpreter that wants to be fast has it. */
static uint64_t dispatch(uint64_t n)
{
    static void *const handlers[] = {&&h0, &&h1, &&h2,  &&h3,  &&h4,  &&h5,  &&h6,  &&h7,  &&h8,
                                     &&h9, &&h10, &&h11, &&h12, &&h13, &&h14, &&h15, &&done};
    uint64_t x = 99;
    for (unsigned i = 0; i < CODES; i++) {
        x = x * MULTIPLIER + INCREMENT;
        codes[i] = x >> 33 & 15;
    }
    codes[CODES] = 16;
    const uint8_t *at = codes;
    uint64_t v = 1;
#define NEXT goto *handlers[*at++]
    NEXT;
h0: v += 1000; NEXT;
h1: v ^= 0x5a5b; NEXT;
h2: v *= MULTIPLIER; NEXT;
h3: v = rotate(v, 10); NEXT;
h4: v ^= v >> 15; NEXT;
h5: v += v << 8; NEXT;
h6: v = MULTIPLIER - v; NEXT;
h7: v += n; NEXT;
h8: v += 1008; NEXT;
h9: v ^= 0x5a63; NEXT;
h10: v *= MULTIPLIER; NEXT;
h11: v = rotate(v, 18); NEXT;
h12: v ^= v >> 23; NEXT;
h13: v += v << 16; NEXT;
h14: v = MULTIPLIER - v; NEXT;
h15: v += n; NEXT;
done:
    at = codes;
    if (--n != 0)
        NEXT;
#undef NEXT
    return v;
}

static const uint64_t blake_iv[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

/* The order of words in a round as the macro arguments below; everything is known when compiling. */
#define G(a, b, c, d, x, y)                                                                        \
    do {                                                                                           \
        v[a] += v[b] + m[x];                                                                       \
        v[d] = rotate(v[d] ^ v[a], 32);                                                            \
        v[c] += v[d];                                                                              \
        v[b] = rotate(v[b] ^ v[c], 24);                                                            \
        v[a] += v[b] + m[y];                                                                       \
        v[d] = rotate(v[d] ^ v[a], 16);                                                            \
        v[c] += v[d];                                                                              \
        v[b] = rotate(v[b] ^ v[c], 63);                                                            \
    } while (0)
#define MIX(a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q)                                        \
    do {                                                                                           \
        G(0, 4, 8, 12, a, b);                                                                      \
        G(1, 5, 9, 13, c, d);                                                                      \
        G(2, 6, 10, 14, e, f);                                                                     \
        G(3, 7, 11, 15, g, h);                                                                     \
        G(0, 5, 10, 15, i, j);                                                                     \
        G(1, 6, 11, 12, k, l);                                                                     \
        G(2, 7, 8, 13, n, o);                                                                      \
        G(3, 4, 9, 14, p, q);                                                                      \
    } while (0)

static uint64_t blake2b(uint64_t n)
{
    uint64_t m[16], h[8], v[16], sum = 0;
    for (unsigned i = 0; i < 16; i++)
        m[i] = (i + 1) * MULTIPLIER;
    memcpy(h, blake_iv, sizeof h);
    for (; n != 0; n--) {
        memcpy(v, h, sizeof h);
        memcpy(v + 8, blake_iv, sizeof blake_iv);
        v[12] ^= n;
        MIX(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        MIX(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3);
        MIX(11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4);
        MIX(7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8);
        MIX(9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13);
        MIX(2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9);
        MIX(12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11);
        MIX(13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10);
        MIX(6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5);
        MIX(10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0);
        MIX(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        MIX(14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3);
        for (unsigned i = 0; i < 8; i++)
            h[i] ^= v[i] ^ v[i + 8];
    }
    for (unsigned i = 0; i < 8; i++)
        sum ^= h[i];
    return sum;
}

__attribute__((noinline)) static uint64_t fibrec(uint64_t n)
{
    if (n < 2)
        return n;
    uint64_t a = fibrec(n - 1);
    KEEP(a);
    return a + fibrec(n - 2);
}

static const struct {
    const char *name;
    uint64_t (*run)(uint64_t n);
} workloads[] = {{"w1", fib},    {"w2", sieve},    {"w3", collatz}, {"w4", copy},
                 {"w5", muldiv}, {"w6", dispatch}, {"w9", blake2b}, {"w10", fibrec}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 3 && i < sizeof workloads / sizeof *workloads; i++) {
        if (strcmp(workloads[i].name, argv[1]) != 0)
            continue;
        struct timespec start, end;
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        uint64_t checksum = workloads[i].run(strtoull(argv[2], NULL, 0));
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        int64_t ns = (int64_t)(end.tv_sec - start.tv_sec) * 1000000000 + end.tv_nsec - start.tv_nsec;
        printf("0x%016" PRIx64 " %" PRId64 "\n", checksum, ns);
        return 0;
    }
    (void)fprintf(stderr, "usage: native w1|w2|w3|w4|w5|w6|w9|w10 N\n");
    return 2;
}
