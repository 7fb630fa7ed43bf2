/* SPDX-License-Identifier: Apache-2.0 */
#include "host/keccak.h"

/* Keccak-f[1600] with 24 rounds over 5 by 5 lanes of 64 bits, and a sponge on it that takes in RATE
 * octets at a time: 1600 bits less twice the 256 of the output. */
enum { SIDE = 5, LANES = SIDE * SIDE, ROUNDS = 24, LANE_SIZE = 8, RATE = 136 };

struct sponge {
    uint64_t lanes[LANES]; /* lane (x, y) at x + 5 y */
    size_t filled;         /* octets of the rate taken in since the last permutation */
};

static uint64_t rotate_left(uint64_t value, unsigned by)
{
    return by == 0 ? value : value << by | value >> (64 - by);
}

/* Adds to each lane the parity of two neighbouring columns. */
static void theta(uint64_t lanes[LANES])
{
    uint64_t parity[SIDE];
    for (unsigned x = 0; x < SIDE; x++)
        parity[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
    for (unsigned i = 0; i < LANES; i++)
        lanes[i] ^= parity[(i + 4) % SIDE] ^ rotate_left(parity[(i + 1) % SIDE], 1);
}

/* Turns each lane by its own distance and moves it to its new place: along one cycle through all
 * lanes but the first, on which distances are the triangular numbers. */
static void rho_and_pi(uint64_t lanes[LANES])
{
    unsigned x = 1;
    unsigned y = 0;
    uint64_t moving = lanes[x];
    for (unsigned step = 0; step < ROUNDS; step++) {
        unsigned down = (2 * x + 3 * y) % SIDE;
        x = y;
        y = down;
        uint64_t displaced = lanes[x + SIDE * y];
        lanes[x + SIDE * y] = rotate_left(moving, (step + 1) * (step + 2) / 2 % 64);
        moving = displaced;
    }
}

/* The only step that is not linear, row by row. */
static void chi(uint64_t lanes[LANES])
{
    for (unsigned row = 0; row < LANES; row += SIDE) {
        uint64_t old[SIDE];
        memcpy(old, lanes + row, sizeof old);
        for (unsigned x = 0; x < SIDE; x++)
            lanes[row + x] = old[x] ^ (~old[(x + 1) % SIDE] & old[(x + 2) % SIDE]);
    }
}

/* A round's constant: the next seven bits of a shift register over x^8 + x^6 + x^5 + x^4 + 1, at
 * bit positions 0, 1, 3, 7, 15, 31 and 63. */
static uint64_t next_constant(uint8_t *shift)
{
    uint64_t constant = 0;
    for (unsigned j = 0; j <= 6; j++) {
        if ((*shift & 1) != 0)
            constant |= UINT64_C(1) << ((1u << j) - 1);
        *shift = (uint8_t)(*shift << 1 ^ ((*shift & 0x80) != 0 ? 0x71 : 0));
    }
    return constant;
}

static void permute(uint64_t lanes[LANES])
{
    uint8_t shift = 1;
    for (unsigned round = 0; round < ROUNDS; round++) {
        theta(lanes);
        rho_and_pi(lanes);
        chi(lanes);
        lanes[0] ^= next_constant(&shift);
    }
}

static void take_in(struct sponge *sponge, size_t at, uint8_t octet)
{
    sponge->lanes[at / LANE_SIZE] ^= (uint64_t)octet << at % LANE_SIZE * 8;
}

static void absorb(struct sponge *sponge, struct pvm_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        take_in(sponge, sponge->filled++, bytes.ptr[i]);
        if (sponge->filled == RATE) {
            permute(sponge->lanes);
            sponge->filled = 0;
        }
    }
}

/* Pads with a 1 bit behind the message and one at the end of the rate. */
static struct jam_hash squeeze(struct sponge *sponge)
{
    struct jam_hash hash;
    take_in(sponge, sponge->filled, 0x01);
    take_in(sponge, RATE - 1, 0x80);
    permute(sponge->lanes);
    for (unsigned i = 0; i < JAM_HASH_SIZE / LANE_SIZE; i++)
        pvm_store_le(hash.octets + (size_t)LANE_SIZE * i, sponge->lanes[i], LANE_SIZE);
    return hash;
}

struct jam_hash jam_keccak(struct pvm_bytes bytes)
{
    return jam_keccak3(bytes, pvm_bytes_none(), pvm_bytes_none());
}

struct jam_hash jam_keccak3(struct pvm_bytes prefix, struct pvm_bytes a, struct pvm_bytes b)
{
    struct sponge sponge = {{0}, 0};
    absorb(&sponge, prefix);
    absorb(&sponge, a);
    absorb(&sponge, b);
    return squeeze(&sponge);
}
