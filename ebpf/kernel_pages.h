/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's memory holds at an address, by its descriptions of pages: a page table, an object of a slab cache.  It takes no lock, and
 * keeps nothing.
 */
#ifndef ORIEL_KERNEL_PAGES_H
#define ORIEL_KERNEL_PAGES_H

#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/* Set before loading. */
const volatile bool has_get_kmem_cache; /* the kernel has bpf_get_kmem_cache() */
/* Addresses of the variables that hold the address of the table of pages and of all memory; 0: not known. */
const volatile u64 vmemmap_base_at;
const volatile u64 page_offset_base_at;

static __always_inline u64 read_word(u64 address)
{
	u64 word = 0;

	if (address)
		bpf_probe_read_kernel(&word, sizeof(word), (void *)address);
	return word;
}

#define VMEMMAP_BYTES (1ull << 40) /* Documentation/arch/x86/x86_64/mm.rst: with 4 levels of page tables; with 5 it is larger */
#define PAGE_SHIFT 12
#define PG_TABLE_BEFORE_6_11 0x200u /* include/linux/page-flags.h: PG_table, a bit that is clear where it holds */
#define PAGE_TYPE_BASE 0xf0000000u

static __always_inline u64 page_table_lock_offset(void)
{
	if (bpf_core_field_exists(((struct ptdesc *)0)->ptl))
		return bpf_core_field_offset(((struct ptdesc *)0)->ptl);
	if (bpf_core_field_exists(((struct page *)0)->ptl))
		return bpf_core_field_offset(((struct page *)0)->ptl);
	return 0;
}

static __always_inline bool is_page_table(struct page *page)
{
	u32 type = BPF_CORE_READ(page, page_type);

	if (bpf_core_enum_value_exists(enum pagetype, PGTY_table))
		return type >> 24 == bpf_core_enum_value(enum pagetype, PGTY_table);
	return (type & (PAGE_TYPE_BASE | PG_TABLE_BEFORE_6_11)) == PAGE_TYPE_BASE;
}

/* The page that is part of a page table and in whose description the lock lies; 0: it lies in none. */
static __always_inline u64 page_table_of(u64 lock)
{
	u64 base = read_word(vmemmap_base_at), offset = page_table_lock_offset(), from_base;

	if (!base || !offset || lock < base + offset || lock - base >= VMEMMAP_BYTES)
		return 0;
	from_base = lock - offset - base;
	if (from_base % bpf_core_type_size(struct page))
		return 0;
	return is_page_table((struct page *)(base + from_base)) ? base + from_base : 0;
}

extern struct kmem_cache *bpf_get_kmem_cache(u64 address) __ksym __weak;

/* The cache whose object the address lies in; 0 if it lies in none. */
static __always_inline u64 cache_of(u64 address)
{
	u64 base, memory, head;
	struct page *page;

	if (has_get_kmem_cache)
		return (u64)bpf_get_kmem_cache(address);
	base = read_word(vmemmap_base_at);
	memory = read_word(page_offset_base_at);
	if (!base || !memory || address < memory || address >= base)
		return 0;
	page = (struct page *)(base + ((address - memory) >> PAGE_SHIFT) * bpf_core_type_size(struct page));
	if (!bpf_core_field_exists(page->compound_head))
		return 0;
	head = BPF_CORE_READ(page, compound_head);
	if (head & 1)
		page = (struct page *)(head - 1);
	if (bpf_core_enum_value_exists(enum pagetype, PGTY_slab)) {
		if (BPF_CORE_READ(page, page_type) >> 24 != bpf_core_enum_value(enum pagetype, PGTY_slab))
			return 0;
	} else if (bpf_core_enum_value_exists(enum pageflags, PG_slab)) {
		if (!(BPF_CORE_READ(page, flags) >> bpf_core_enum_value(enum pageflags, PG_slab) & 1))
			return 0;
	} else {
		return 0;
	}
	return (u64)BPF_CORE_READ((struct slab *)page, slab_cache);
}

#endif
