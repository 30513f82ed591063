/* SPDX-License-Identifier: GPL-2.0 */
/* Takes the parts of a report's page into the program. */
	.macro page_part name, file
	.section .rodata
	.global oriel_page_\name
	.global oriel_page_\name\()_end
oriel_page_\name:
	.incbin "\file"
oriel_page_\name\()_end:
	.endm

	page_part html, "report_page.html"
	page_part style, "report_page.css"
	page_part script, "report_page.js"
#ifdef ORIEL_CHART_JS
	page_part chart, ORIEL_CHART_JS
#endif

	.section .note.GNU-stack, "", @progbits
