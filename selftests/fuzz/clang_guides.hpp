// SPDX-License-Identifier: GPL-2.0
// Included before every file that clang compiles: clang 14 does not deduce the arguments of an aggregate's template by itself.
#pragma once

namespace oriel {

template <class Message, class Value> struct attribute_of;
template <class Message, class Value> attribute_of(int, const char *, Value Message::*) -> attribute_of<Message, Value>;

} // namespace oriel
