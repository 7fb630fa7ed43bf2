// SPDX-License-Identifier: Apache-2.0

package pvm

/*
#include <pvm.h>
#include <stdlib.h>

struct counter {
    struct pvm_alloc alloc;
    long live;
};

static void *resize(void *user, void *ptr, size_t size)
{
    struct counter *counter = user;
    if (size == 0) {
        counter->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    void *got = realloc(ptr, size);
    counter->live += got != NULL && ptr == NULL;
    return got;
}

static struct counter *counter_new(void)
{
    struct counter *counter = calloc(1, sizeof *counter);
    if (counter != NULL)
        counter->alloc = (struct pvm_alloc){resize, counter};
    return counter;
}
*/
import "C"

import "unsafe"

// Counter is libc's memory with a count of the blocks that are in use.
type Counter struct{ c *C.struct_counter }

func NewCounter() *Counter       { return &Counter{C.counter_new()} }
func (c *Counter) Alloc() *Alloc { return &c.c.alloc }
func (c *Counter) Live() int     { return int(c.c.live) }
func (c *Counter) Free()         { C.free(unsafe.Pointer(c.c)) }
