// SPDX-License-Identifier: GPL-2.0
#include "verdict_judge.hpp"

#include <fmt/format.h>

namespace oriel {

namespace {

demand demand_of_running(const kernel_facts &kernel)
{
	if (!kernel.signatures_enforced)
		return demand::unknown_signature;
	if (*kernel.signatures_enforced)
		return demand::signature;
	if (!kernel.lockdown_mode)
		return demand::unknown_lockdown;
	return *kernel.lockdown_mode == lockdown::none ? demand::nothing : demand::lockdown;
}

demand demand_of(const kernel_facts &kernel)
{
	if (kernel.running)
		return demand_of_running(kernel);
	if (!kernel.config)
		return demand::unknown_signature;
	if (kernel.config->signatures_forced)
		return demand::signature;
	return kernel.config->lockdown_forced.empty() ? demand::nothing : demand::lockdown;
}

const char *refusal_of(demand demanded)
{
	return demanded == demand::signature ? "EKEYREJECTED" : "EPERM";
}

} // namespace

// By force the kernel does not look at a signature at all.
void file_judge::check_unverified_force()
{
	verdict_.forced.taints.add(taint::unsigned_module);
	const demand demanded = demand_of(kernel_);
	if (demanded == demand::signature || demanded == demand::lockdown)
		refuse(verdict_.forced, refusal_of(demanded));
	else if (demanded != demand::nothing)
		doubt(verdict_.forced);
}

// A module that the kernel cannot verify is loaded all the same, unless something forbids it.
void file_judge::weigh_untrusted(const std::string &what)
{
	if (kernel_.config && !kernel_.config->module_signatures) {
		add("signature-not-checked", severity::note, what + "; this kernel does not look at signatures");
		return;
	}
	const bool sure = verdict_.trust.sure == certainty::exact;
	const demand demanded = demand_of(kernel_);
	const bool forbids = demanded == demand::signature || demanded == demand::lockdown;
	if (forbids && sure)
		refuse(verdict_.plain, refusal_of(demanded));
	else if (demanded != demand::nothing)
		doubt(verdict_.plain);
	report_demand(what, demanded, sure ? severity::bad : severity::unknown);
}

void file_judge::report_demand(const std::string &what, demand demanded, severity weight)
{
	switch (demanded) {
	case demand::signature:
		add("signature-enforced", weight, what + ", and this kernel enforces signatures (module.sig_enforce)",
		    sign_and_enrol(module_, kernel_, signing_));
		return;
	case demand::lockdown:
		add("locked-down", weight, what + ", and this kernel is locked down: it takes only modules that it can verify",
		    sign_and_enrol(module_, kernel_, signing_));
		return;
	case demand::unknown_signature:
		add("enforcement-unknown", severity::unknown, what + "; whether this kernel enforces signatures cannot be read");
		return;
	case demand::unknown_lockdown:
		add("lockdown-unknown", severity::unknown, what + "; whether this kernel is locked down cannot be read",
		    {{"make it readable", {"mount -t securityfs securityfs /sys/kernel/security"}}});
		return;
	case demand::nothing:
		break;
	}
	add("signature-not-required", severity::note,
	    what + (kernel_.running ? "; this kernel does not require it"
				    : "; this kernel does not require it, unless it is started with module.sig_enforce or lockdown"));
}

void file_judge::check_signature()
{
	taint_set &plain = verdict_.plain.taints;
	const bool checks = kernel_.config ? kernel_.config->module_signatures : kernel_.signatures_enforced.has_value();
	if (checks)
		check_unverified_force();

	const signature &sig = module_.sig;
	if (sig.state == signature_state::malformed) {
		refuse(verdict_.plain, "EBADMSG");
		add("signature-corrupt", severity::bad, "its signature is broken: " + sig.cause, drop_signature(module_));
		return;
	}
	if (sig.state != signature_state::parsed) {
		verdict_.trust = {trust::untrusted, certainty::exact, {}, "it has no signature"};
		if (checks)
			plain.add(taint::unsigned_module);
		weigh_untrusted(sig.state == signature_state::absent ? "it is not signed" : "its signature is of no use: " + sig.cause);
		return;
	}
	verdict_.trust = look_up(sig.signers.front(), module_.signed_by, kernel_);
	// A name alone proves nothing: anybody may give a key the name of another.
	const trust state = verdict_.trust.sure == certainty::exact ? verdict_.trust.state : trust::unknown;
	if (state == trust::forbidden) {
		refuse(verdict_.plain, "EKEYREJECTED");
		add("key-forbidden", severity::bad, "it is signed by a key that this kernel forbids: " + verdict_.trust.reason,
		    sign_and_enrol(module_, kernel_, signing_));
		return;
	}
	const std::string who = fmt::format("it is signed by \"{}\"", sig.signers.front().issuer);
	if (module_.content_is_signed == false && state != trust::untrusted) {
		state == trust::trusted ? refuse(verdict_.plain, "EKEYREJECTED") : doubt(verdict_.plain);
		add("signature-mismatch", state == trust::trusted ? severity::bad : severity::unknown,
		    who + ", but its content was changed since", sign_and_enrol(module_, kernel_, signing_));
		return;
	}
	if (state == trust::trusted) {
		add("signature-trusted", severity::note, fmt::format("{}, which this kernel trusts: {}", who, verdict_.trust.reason));
		return;
	}
	if (checks)
		(state == trust::untrusted ? plain : verdict_.plain.perhaps).add(taint::unsigned_module);
	const char *doubt =
		state == trust::untrusted ? "which this kernel does not trust" : "and whether this kernel trusts that key is not known";
	weigh_untrusted(fmt::format("{}, {} ({})", who, doubt, verdict_.trust.reason));
}

} // namespace oriel
