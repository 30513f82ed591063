// SPDX-License-Identifier: GPL-2.0
// What selftests/browser.py asks of the page that oriel report wrote: each value is true, or what was seen instead.
(async () => {
	const report = JSON.parse(document.getElementById("report").textContent);
	const checks = {};
	const is = (what, seen, expected) => { checks[what] = JSON.stringify(seen) === JSON.stringify(expected) || `${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}`; };
	const all = (selector, within = document) => [...within.querySelectorAll(selector)];
	const plain = text => text.replaceAll("\u00a0", " ");

	const told = report.sections.flatMap(({ story }) => story.map(({ text }) => text));
	is("the story is told in its order, as text", all(".story li").map(item => plain(item.textContent)), told);
	is("and comes before all charts and tables", all(".story, canvas, table").findIndex(item => !item.matches(".story")), report.sections.length);
	is("what was not seen is said", all(".unseen li").length, report.sections.flatMap(({ unseen }) => unseen).length);

	const charts = report.sections.flatMap(({ charts }) => charts), canvases = all("canvas");
	is("each chart has its place and its name", canvases.map(canvas => canvas.ariaLabel), charts.map(({ title }) => title));
	const colors = canvas => {
		const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
		return new Set(new Uint32Array(data.buffer)).size;
	};
	is("and is drawn", canvases.filter(canvas => colors(canvas) < 20).map(canvas => canvas.ariaLabel), []);
	is("no chart is wider than its place", canvases.filter(canvas => canvas.clientWidth > canvas.parentElement.clientWidth).length, 0);
	is("the page is no wider than its window", document.documentElement.scrollWidth <= innerWidth, true);

	const tables = report.sections.flatMap(({ tables }) => tables), shown = all("table");
	is("each table has its heads", shown.map(table => all("th", table).map(head => head.textContent)), tables.map(({ columns }) => columns.map(({ name }) => name)));
	const place = tables.findIndex(({ rows, columns }) => rows.length > 2 && columns[1].kind !== "name");
	if (place >= 0) {
		const column = i => all("tbody tr", shown[place]).map(row => row.cells[i].textContent);
		const names = tables[place].rows.map(row => String(row[0]));
		const button = all("th button", shown[place])[0];
		button.click();
		is("a click on a head sorts by it", column(0), [...names].sort((a, b) => a.localeCompare(b)).slice(0, 12));
		button.click();
		is("a second one turns the order", column(0), [...names].sort((a, b) => b.localeCompare(a)).slice(0, 12));
		is("and says so", button.parentElement.ariaSort, "descending");
	}
	const long = all("button.all").find(button => !button.hidden);
	if (long) {
		const table = long.previousElementSibling.querySelector("table"), before = all("tbody tr", table).length;
		long.click();
		is("the rest of a long table is a click away", [before, all("tbody tr", table).length], [12, tables[shown.indexOf(table)].rows.length]);
		long.click();
	}
	const before = canvases[0]?.width;
	dispatchEvent(new Event("beforeprint"));
	is("on paper, charts are as wide as paper", all("main").every(main => main.clientWidth <= 680 + 40) && canvases.every(canvas => canvas.clientWidth <= 680), true);
	dispatchEvent(new Event("afterprint"));
	is("and then as before", canvases[0]?.width, before);

	is("no markup came from a recording", all("script, td *, li *, h1 *, .recording * *, img, iframe, object, embed, link, form").length, 3);
	is("nothing has taken over", document.title.startsWith("Oriel report: "), true);
	is("what is called like markup is text", report.sides[0].recordings[0].machine.startsWith("<") ? document.body.innerText.includes("</script><b>x\ufffd") && document.body.innerText.includes("What happened on <script>alert(1)</script>") : true, true);
	return checks;
})()
