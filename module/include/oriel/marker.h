/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Markers: named static probe points that stay alive where the kernel drops a module's tracepoints.
 *
 *	#include <oriel/marker.h>
 *
 *	oriel_mark(mydrv, request_done, "sector=%llu bytes=%u dir=%s", sector, bytes, write ? "W" : "R");
 *
 * Include this one file in any module, C or C++; nothing needs to be linked and the module loads without Oriel.  When Oriel is loaded,
 * before or after, it finds the marker by its jump-table entry, and `oriel marker list` shows it.
 *
 * Cost when off:	one five-byte NOP.
 * Context:		any, NMI included; not in noinstr code nor where RCU is not watching (the idle loop).
 * Format:		pairs `key=%conversion` separated by a space, or by a comma and a space.  Conversions: d i u x X o c p s with the
 *			length modifiers hh h l ll z, and the flags # - + 0 and width (up to 999) of printk.  At most 12 pairs.  A %s
 *			argument is a kernel string or NULL, read while the marker fires; at most 255 bytes are kept.
 * Types:		checked against the format at compile time: a mismatch is an error.
 * Subsystem, event:	identifiers, written without quotes; together they name the event in tracefs.  One name has one format.
 *
 * C++ modules: a C file of the same module defines the slow path once, since C++ includes no kernel header:
 *
 *	#define ORIEL_MARKER_DEFINE_FIRE
 *	#include <oriel/marker.h>
 *
 * A kernel without CONFIG_JUMP_LABEL: the marker is a load and a branch, and Oriel cannot find it; C++ files are told by defining
 * ORIEL_MARKER_NO_JUMP_LABEL.
 */
#ifndef ORIEL_MARKER_H
#define ORIEL_MARKER_H

#ifndef __cplusplus
#include <linux/compiler.h>
#include <linux/jump_label.h>
#include <linux/preempt.h>
#include <linux/stddef.h>
#include <linux/types.h>
#endif

#define ORIEL_MARKER_MAGIC 0x314b524d4c45524fULL /* "ORELMRK1" */
#define ORIEL_MARKER_ABI 1
#define ORIEL_MARKER_MAX_ARGS 12

/* Same size and layout as the kernel's struct static_key; asserted below wherever that can be seen. */
struct oriel_marker_key {
	int enabled;
	unsigned long entries;
};

/*
 * One probe point.  Lies in the client's .data; its symbol contains __oriel_marker, so that tools find it in a file.
 * Everything above `probe` is constant; `key`, `probe` and `owner` belong to Oriel once it has found the record.
 */
struct oriel_marker {
	struct oriel_marker_key key; /* first: the jump-table entry points here */
	unsigned long long magic;    /* ORIEL_MARKER_MAGIC */
	unsigned short abi;          /* ORIEL_MARKER_ABI */
	unsigned short size;         /* of this struct, in bytes */
	unsigned short arg_count;
	unsigned short pad; /* zero */
	const char *subsystem;
	const char *event;
	const char *format;
	const char *file;
	unsigned long long line;
	void (*probe)(struct oriel_marker *marker, const unsigned long long *args);
	void *owner;
};

#ifdef __cplusplus
#define ORIEL_MARKER_STORAGE constinit static
#define ORIEL_MARKER_ASSERT static_assert
#else
#define ORIEL_MARKER_STORAGE static
#define ORIEL_MARKER_ASSERT _Static_assert
#endif

/* ---- is it on? ---- */

#if defined(__x86_64__) && !defined(ORIEL_MARKER_NO_JUMP_LABEL) && (defined(__cplusplus) || defined(CONFIG_JUMP_LABEL))
/*
 * arch_static_branch() of the kernel may let the assembler choose a two-byte jump; written out, the NOP is always five bytes.  The
 * table entry is that of include/linux/jump_label.h with relative addresses.
 */
static inline __attribute__((__always_inline__)) bool oriel_marker_on(struct oriel_marker *const marker)
{
	asm goto("1:\t.byte 0x0f, 0x1f, 0x44, 0x00, 0x00\n\t"
		 ".pushsection __jump_table, \"aw\"\n\t"
		 ".balign 8\n\t"
		 ".long 1b - ., %l[l_on] - .\n\t"
		 ".quad %c0 - .\n\t"
		 ".popsection\n\t"
		 :
		 : "i"(marker)
		 :
		 : l_on);
	return false;
l_on:
	return true;
}
#else
static inline __attribute__((__always_inline__)) bool oriel_marker_on(struct oriel_marker *marker)
{
	return __builtin_expect(*(volatile int *)&marker->key.enabled, 0);
}
#endif

/* ---- the slow path ---- */

#ifndef __cplusplus
#ifdef CONFIG_JUMP_LABEL
_Static_assert(sizeof(struct oriel_marker_key) == sizeof(struct static_key), "struct static_key has changed");
_Static_assert(offsetof(struct oriel_marker_key, enabled) == offsetof(struct static_key, enabled), "struct static_key has changed");
_Static_assert(offsetof(struct oriel_marker_key, entries) == offsetof(struct static_key, entries), "struct static_key has changed");
#endif

/*
 * With preemption off, what Oriel waits for before it unloads (synchronize_rcu()) includes every caller here.
 */
static __always_inline void oriel_marker_call(struct oriel_marker *marker, const unsigned long long *args)
{
	void (*probe)(struct oriel_marker *, const unsigned long long *);

	preempt_disable_notrace();
	probe = READ_ONCE(marker->probe);
	if (probe)
		probe(marker, args);
	preempt_enable_notrace();
}

#ifdef ORIEL_MARKER_DEFINE_FIRE
#define ORIEL_MARKER_FIRE_LINKAGE extern
#else
#define ORIEL_MARKER_FIRE_LINKAGE static __attribute__((__noinline__, __unused__))
#endif
#define ORIEL_MARKER_FIRE_BODY(function, ...) \
	notrace void function \
	{ \
		const unsigned long long args[] = {__VA_ARGS__}; \
		oriel_marker_call(marker, args); \
	}
#else
#define ORIEL_MARKER_FIRE_LINKAGE extern "C"
#define ORIEL_MARKER_FIRE_BODY(function, ...)
#endif

typedef unsigned long long oriel_word;

#define ORIEL_MARKER_PARAMETERS_0 struct oriel_marker *marker
#define ORIEL_MARKER_PARAMETERS_1 ORIEL_MARKER_PARAMETERS_0, oriel_word a0
#define ORIEL_MARKER_PARAMETERS_2 ORIEL_MARKER_PARAMETERS_1, oriel_word a1
#define ORIEL_MARKER_PARAMETERS_3 ORIEL_MARKER_PARAMETERS_2, oriel_word a2
#define ORIEL_MARKER_PARAMETERS_4 ORIEL_MARKER_PARAMETERS_3, oriel_word a3
#define ORIEL_MARKER_PARAMETERS_5 ORIEL_MARKER_PARAMETERS_4, oriel_word a4
#define ORIEL_MARKER_PARAMETERS_6 ORIEL_MARKER_PARAMETERS_5, oriel_word a5
#define ORIEL_MARKER_PARAMETERS_7 ORIEL_MARKER_PARAMETERS_6, oriel_word a6
#define ORIEL_MARKER_PARAMETERS_8 ORIEL_MARKER_PARAMETERS_7, oriel_word a7
#define ORIEL_MARKER_PARAMETERS_9 ORIEL_MARKER_PARAMETERS_8, oriel_word a8
#define ORIEL_MARKER_PARAMETERS_10 ORIEL_MARKER_PARAMETERS_9, oriel_word a9
#define ORIEL_MARKER_PARAMETERS_11 ORIEL_MARKER_PARAMETERS_10, oriel_word a10
#define ORIEL_MARKER_PARAMETERS_12 ORIEL_MARKER_PARAMETERS_11, oriel_word a11
#define ORIEL_MARKER_NAMES_0 0
#define ORIEL_MARKER_NAMES_1 a0
#define ORIEL_MARKER_NAMES_2 ORIEL_MARKER_NAMES_1, a1
#define ORIEL_MARKER_NAMES_3 ORIEL_MARKER_NAMES_2, a2
#define ORIEL_MARKER_NAMES_4 ORIEL_MARKER_NAMES_3, a3
#define ORIEL_MARKER_NAMES_5 ORIEL_MARKER_NAMES_4, a4
#define ORIEL_MARKER_NAMES_6 ORIEL_MARKER_NAMES_5, a5
#define ORIEL_MARKER_NAMES_7 ORIEL_MARKER_NAMES_6, a6
#define ORIEL_MARKER_NAMES_8 ORIEL_MARKER_NAMES_7, a7
#define ORIEL_MARKER_NAMES_9 ORIEL_MARKER_NAMES_8, a8
#define ORIEL_MARKER_NAMES_10 ORIEL_MARKER_NAMES_9, a9
#define ORIEL_MARKER_NAMES_11 ORIEL_MARKER_NAMES_10, a10
#define ORIEL_MARKER_NAMES_12 ORIEL_MARKER_NAMES_11, a11

/*
 * One function for each number of arguments: an array of them in the caller would cost it a stack frame and a stack protector where the
 * marker is off.
 */
#define ORIEL_MARKER_FIRE(n) \
	ORIEL_MARKER_FIRE_LINKAGE void oriel_marker_fire_##n(ORIEL_MARKER_PARAMETERS_##n); \
	ORIEL_MARKER_FIRE_BODY(oriel_marker_fire_##n(ORIEL_MARKER_PARAMETERS_##n), ORIEL_MARKER_NAMES_##n)

ORIEL_MARKER_FIRE(0)
ORIEL_MARKER_FIRE(1)
ORIEL_MARKER_FIRE(2)
ORIEL_MARKER_FIRE(3)
ORIEL_MARKER_FIRE(4)
ORIEL_MARKER_FIRE(5)
ORIEL_MARKER_FIRE(6)
ORIEL_MARKER_FIRE(7)
ORIEL_MARKER_FIRE(8)
ORIEL_MARKER_FIRE(9)
ORIEL_MARKER_FIRE(10)
ORIEL_MARKER_FIRE(11)
ORIEL_MARKER_FIRE(12)

/* ---- types against the format ---- */

#ifndef __cplusplus
static inline __attribute__((__always_inline__, __format__(__printf__, 1, 2))) void oriel_marker_check_format(const char *format, ...) {}

/* clang-format off */
#define ORIEL_MARKER_CHECK(format_, ...)                                                            \
	_Pragma("GCC diagnostic push")                                                              \
	_Pragma("GCC diagnostic error \"-Wformat\"")                                                \
	_Pragma("GCC diagnostic error \"-Wformat-extra-args\"")                                     \
	_Pragma("GCC diagnostic ignored \"-Wformat-zero-length\"")                                  \
	if (0)                                                                                      \
		oriel_marker_check_format(format_, ##__VA_ARGS__);                                  \
	_Pragma("GCC diagnostic pop")
/* clang-format on */
#else
namespace oriel::marker_detail {

template <class T>
struct no_reference {
	using type = T;
};
template <class T>
struct no_reference<T &> {
	using type = T;
};
template <class T>
struct no_reference<T &&> {
	using type = T;
};

struct argument {
	char kind; /* i integer, p pointer, s pointer to char */
	bool is_signed;
	unsigned size; /* bytes */
};

template <class T>
consteval argument argument_of()
{
	if constexpr (__is_same(T, const char *) || __is_same(T, char *))
		return {'s', false, sizeof(T)};
	else if constexpr (requires(T t) { *t; } || __is_same(T, void *) || __is_same(T, const void *))
		return {'p', false, sizeof(T)};
	else
		return {'i', T(-1) < T(1), sizeof(T)};
}

/* Not constexpr: reaching one of these ends constant evaluation, and the compiler prints its name. */
void format_lacks_an_argument();
void argument_lacks_a_conversion();
void conversion_does_not_fit_the_argument();
void key_must_be_an_identifier();

consteval bool is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* An argument narrower than int arrives promoted, as in printf. */
consteval bool fits(char conversion, unsigned size, argument a)
{
	unsigned passed = a.size < 4 ? 4 : a.size;
	if (conversion == 's')
		return a.kind == 's';
	if (conversion == 'p')
		return a.kind != 'i';
	for (const char *known = "diuxXoc"; *known; known++)
		if (conversion == *known)
			return a.kind == 'i' && passed == (size < 4 ? 4 : size);
	return false;
}

template <class... Args>
consteval bool check_format(const char *f)
{
	const argument args[] = {argument_of<typename no_reference<Args>::type>()..., argument{'i', true, 4}};
	unsigned next = 0;
	while (*f) {
		while (*f == ' ' || *f == ',')
			f++;
		if (!*f)
			break;
		if (!is_key_char(*f))
			key_must_be_an_identifier();
		while (is_key_char(*f))
			f++;
		if (f[0] != '=' || f[1] != '%')
			key_must_be_an_identifier();
		f += 2;
		while (*f == '#' || *f == '-' || *f == '+' || *f == '0')
			f++;
		for (unsigned digits = 0; digits < 3 && *f >= '0' && *f <= '9'; digits++)
			f++;
		unsigned size = 4;
		for (; *f == 'l' || *f == 'h' || *f == 'z'; f++)
			size = *f == 'h' ? 4 : 8;
		if (next == sizeof...(Args))
			format_lacks_an_argument();
		if (!fits(*f++, size, args[next++]))
			conversion_does_not_fit_the_argument();
	}
	if (next != sizeof...(Args))
		argument_lacks_a_conversion();
	return true;
}

/* The types of the arguments without evaluating them: decltype(types_of(args...)). */
template <class... Args>
struct types {
	static consteval bool check(const char *format) { return check_format<Args...>(format); }
};

template <class T>
struct decay_array {
	using type = T;
};
template <class T, decltype(sizeof(0)) N>
struct decay_array<T (&)[N]> {
	using type = T *;
};

template <class... Args>
types<typename decay_array<Args>::type...> types_of(Args &&...);

} // namespace oriel::marker_detail

#define ORIEL_MARKER_CHECK(format_, ...) \
	static_assert(decltype(::oriel::marker_detail::types_of(__VA_ARGS__))::check(format_), "the arguments do not fit the format");
#endif

/* ---- the marker ---- */

/* Counts to 24, so that 13 can be told to be too many. */
#define ORIEL_MARKER_COUNT_(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, \
			    a24, n, ...) \
	n
#define ORIEL_MARKER_COUNT(...) \
	ORIEL_MARKER_COUNT_(0, ##__VA_ARGS__, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define ORIEL_MARKER_JOIN_(a, b) a##b
#define ORIEL_MARKER_JOIN(a, b) ORIEL_MARKER_JOIN_(a, b)
#define ORIEL_MARKER_WORD(x) (unsigned long long)(unsigned long)(x)
#define ORIEL_MARKER_WORDS_0()
#define ORIEL_MARKER_WORDS_1(x) , ORIEL_MARKER_WORD(x)
#define ORIEL_MARKER_WORDS_2(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_1(__VA_ARGS__)
#define ORIEL_MARKER_WORDS_3(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_2(__VA_ARGS__)
#define ORIEL_MARKER_WORDS_4(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_3(__VA_ARGS__)
#define ORIEL_MARKER_WORDS_5(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_4(__VA_ARGS__)
#define ORIEL_MARKER_WORDS_6(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_5(__VA_ARGS__)
#define ORIEL_MARKER_WORDS_7(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_6(__VA_ARGS__)
#define ORIEL_MARKER_WORDS_8(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_7(__VA_ARGS__)
#define ORIEL_MARKER_WORDS_9(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_8(__VA_ARGS__)
#define ORIEL_MARKER_WORDS_10(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_9(__VA_ARGS__)
#define ORIEL_MARKER_WORDS_11(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_10(__VA_ARGS__)
#define ORIEL_MARKER_WORDS_12(x, ...) , ORIEL_MARKER_WORD(x) ORIEL_MARKER_WORDS_11(__VA_ARGS__)
#define ORIEL_MARKER_WORDS(...) ORIEL_MARKER_JOIN(ORIEL_MARKER_WORDS_, ORIEL_MARKER_COUNT(__VA_ARGS__))(__VA_ARGS__)

#define oriel_mark(subsystem_, event_, format_, ...) \
	do { \
		ORIEL_MARKER_STORAGE struct oriel_marker __oriel_marker __attribute__((__used__, __aligned__(8))) = { \
			.key = {0, 0}, \
			.magic = ORIEL_MARKER_MAGIC, \
			.abi = ORIEL_MARKER_ABI, \
			.size = sizeof(struct oriel_marker), \
			.arg_count = ORIEL_MARKER_COUNT(__VA_ARGS__), \
			.pad = 0, \
			.subsystem = #subsystem_, \
			.event = #event_, \
			.format = format_, \
			.file = __FILE__, \
			.line = __LINE__, \
			.probe = 0, \
			.owner = 0, \
		}; \
		ORIEL_MARKER_ASSERT(ORIEL_MARKER_COUNT(__VA_ARGS__) <= ORIEL_MARKER_MAX_ARGS, "a marker has at most 12 arguments"); \
		ORIEL_MARKER_CHECK(format_, ##__VA_ARGS__) \
		if (__builtin_expect(oriel_marker_on(&__oriel_marker), 0)) \
			ORIEL_MARKER_JOIN(oriel_marker_fire_, ORIEL_MARKER_COUNT(__VA_ARGS__)) \
		(&__oriel_marker ORIEL_MARKER_WORDS(__VA_ARGS__)); \
	} while (0)

#endif /* ORIEL_MARKER_H */
