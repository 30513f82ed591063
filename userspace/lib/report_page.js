// SPDX-License-Identifier: GPL-2.0
// Shows what report.hpp describes. Texts of a report come from a recording and may be anything: they become text, never markup.
"use strict";
const report = JSON.parse(document.getElementById("report").textContent);

function scaled(number, units) {
	const [size, unit] = units.find(([least]) => Math.abs(number) >= least) ?? units.at(-1);
	return `${(number / size).toLocaleString("en-US", { maximumSignificantDigits: 3 })} ${unit}`;
}
const signed = (number, digits) => (number > 0 ? "+" : number < 0 ? "\u2212" : "") + Math.abs(number).toFixed(digits);
const time = ns => ns === 0 ? "0" : scaled(ns, [[1e9, "s"], [1e6, "ms"], [1e3, "us"], [1, "ns"]]);
// 99.97 % is not 100 %.
const is_near_an_end = percent => (percent > 0 && percent < 1) || (percent > 99 && percent < 100);
const formats = {
	count: number => Math.round(number).toLocaleString("en-US"),
	rate: number => number.toLocaleString("en-US", number >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 }),
	percent: number => `${number.toFixed(is_near_an_end(number) ? 2 : 1)} %`,
	ns: time,
	ns_rate: ns => `${time(ns)}/s`,
	change: percent => Math.abs(percent) < 0.5 ? "no change" : percent >= 200 ? `\u00d7 ${(1 + percent / 100).toFixed(1)}` : `${signed(percent, 0)} %`,
	points: points => Math.abs(points) < 0.05 ? "no change" : signed(points, 1),
};
const axes = { count: "number", rate: "per second", ns: "time", ns_rate: "time waited in each second" };
const is_number = kind => kind in formats || kind === "id";
const shown = (value, kind) => value === null ? "\u2013" : kind in formats ? formats[kind](value) : String(value);

function element(name, content, properties) {
	const made = Object.assign(document.createElement(name), properties);
	made.append(...[content ?? []].flat());
	return made;
}

function recording(side, one) {
	const lines = [element("b", `${side.name ? side.name + ": " : ""}${one.file}`)];
	const about = [one.machine, one.kernel && `kernel ${one.kernel}`, one.processors && `${one.processors} processors`];
	const how = [one.began_by, one.command];
	const when = [`${one.began}, ${one.seconds.toLocaleString("en-US", { maximumFractionDigits: 1 })} s`, one.samples > 1 && `${one.samples} samples`];
	for (const line of [about, how, when])
		if (line.some(Boolean))
			lines.push(element("div", line.filter(Boolean).join(" \u00b7 ")));
	return element("div", lines, { className: "recording" });
}

// Numbers stay with their units.
const unbroken = text => text.replace(/(\d) (%|[unm]?s\b|MiB)/g, "$1\u00a0$2");

function story(section) {
	const sentences = section.story.map(({ text, weight }) => element("li", unbroken(text), { className: weight }));
	return [element("h3", section.title), element("ul", sentences, { className: "story" })];
}

// Sorts by a column, first the way in which the most interesting comes first; what is unknown stays last.
function sort_rows(table, column, descending) {
	const known = value => value !== null;
	table.rows.sort((a, b) => {
		const [x, y] = [a[column], b[column]];
		if (!known(x) || !known(y))
			return known(y) - known(x);
		const order = typeof x === "number" ? x - y : String(x).localeCompare(String(y));
		return descending ? -order : order;
	});
}

function table_of(table) {
	const few = 12;
	let all = false;
	const body = element("tbody");
	const more = element("button", [], { className: "all" });
	function fill() {
		const rows = all ? table.rows : table.rows.slice(0, few);
		body.replaceChildren(...rows.map(row => element("tr", row.map((value, i) =>
			element("td", shown(value, table.columns[i].kind), { className: is_number(table.columns[i].kind) ? "number" : "" })))));
		more.textContent = all ? "show fewer" : `show all ${table.rows.length} rows`;
		more.hidden = table.rows.length <= few;
	}
	more.onclick = () => { all = !all; fill(); };
	const heads = table.columns.map(({ name, kind }, i) => {
		const head = element("th", [], { className: is_number(kind) ? "number" : "", scope: "col" });
		head.append(element("button", name, {
			onclick: () => {
				const descending = head.ariaSort ? head.ariaSort === "ascending" : is_number(kind);
				heads.forEach(other => other.removeAttribute("aria-sort"));
				head.setAttribute("aria-sort", descending ? "descending" : "ascending");
				sort_rows(table, i, descending);
				fill();
			},
		}));
		return head;
	});
	fill();
	const parts = [element("h3", table.title), element("div", element("table", [element("thead", element("tr", heads)), body]), { className: "scroll" }), more];
	if (table.more)
		parts.push(element("p", `${table.more.toLocaleString("en-US")} more rows are not in this page; show --json has them.`, { className: "faint" }));
	return parts;
}

const color = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const shorten = (text, most) => text.length > most ? text.slice(0, most - 1) + "\u2026" : text;

// A label as lines of about this many letters.
function wrap(text, width) {
	const lines = [""];
	for (const word of shorten(text, 3 * width).split(" ")) {
		if (lines.at(-1) && lines.at(-1).length + word.length >= width)
			lines.push("");
		lines[lines.length - 1] += (lines.at(-1) ? " " : "") + shorten(word, width);
	}
	return lines;
}

// The values of bars, at their ends, so that paper tells them, too.
const values_at_bars = kind => ({
	id: "values",
	afterDatasetsDraw(chart) {
		const { ctx, data } = chart;
		ctx.save();
		Object.assign(ctx, { fillStyle: color("ink"), font: "12px system-ui, 'DejaVu Sans', sans-serif", textBaseline: "middle" });
		data.datasets.forEach((set, s) =>
			chart.getDatasetMeta(s).data.forEach((bar, i) => ctx.fillText(shown(set.data[i], kind), bar.x + 5, bar.y)));
		ctx.restore();
	},
});

function axis(title, kind, more) {
	const ticks = { color: color("faint") };
	if (kind)
		ticks.callback = value => kind === "percent" ? `${value} %` : shown(value, kind);
	return { title: { display: Boolean(title), text: title, color: color("faint") }, ticks, grid: { color: color("line") }, border: { color: color("line") }, beginAtZero: true, ...more };
}

function bars(chart) {
	const percent = chart.kind === "percent" ? { max: 100 } : {};
	return {
		type: "bar",
		data: {
			labels: chart.labels,
			datasets: chart.series.map(({ name, values }, i) => ({ label: name, data: values, backgroundColor: color(`series-${i + 1}`), maxBarThickness: 22 })),
		},
		options: {
			indexAxis: "y",
			layout: { padding: { right: 62 } },
			scales: {
				x: axis(axes[chart.kind] ?? "", chart.kind, percent),
				y: axis("", null, { ticks: { color: color("ink"), autoSkip: false, callback(i) { return wrap(chart.labels[i], this.chart.width < 480 ? 19 : 26); } }, grid: { display: false } }),
			},
		},
		plugins: [values_at_bars(chart.kind)],
	};
}

function columns(chart) {
	return {
		type: "bar",
		data: { labels: chart.labels, datasets: chart.series.map(({ name, values }, i) => ({ label: name, data: values, backgroundColor: color(`series-${i + 1}`) })) },
		options: { scales: { x: axis("at most", null, { grid: { display: false } }), y: axis(axes[chart.kind], chart.kind) } },
	};
}

const spans = [[7200, 3600, "h"], [180, 60, "min"], [0, 1, "s"]];

function lines(chart) {
	const longest = Math.max(...chart.series.flatMap(({ points }) => points.map(([at]) => at)));
	const [, length, unit] = spans.find(([least]) => longest >= least);
	const dots = chart.series[0].points.length <= 40 ? 2 : 0;
	return {
		type: "line",
		data: {
			datasets: chart.series.map(({ name, points }, i) => ({
				label: name, data: points.map(([x, y]) => ({ x: x / length, y })), borderColor: color(`series-${i + 1}`), backgroundColor: color(`series-${i + 1}`),
				borderWidth: 2, borderDash: name.startsWith("B: ") ? [6, 4] : [], pointRadius: dots, pointHitRadius: 6,
			})),
		},
		options: {
			scales: {
				x: axis(`time since the begin (${unit})`, null, { type: "linear" }),
				y: axis(axes[chart.kind], chart.kind, chart.kind === "percent" ? { max: 100 } : {}),
			},
		},
	};
}

const shapes = { bars, columns, lines };
const plots = []; // of each chart: what it shows, and where
let drawn = [];

function draw_all() {
	drawn.forEach(chart => chart.destroy());
	drawn = plots.map(([chart, canvas]) => {
		const config = shapes[chart.shape](chart);
		const tooltip = { callbacks: { label: ({ dataset, raw }) => `${dataset.label}: ${shown(raw.y ?? raw, chart.kind)}` } };
		const legend = { display: chart.series.length > 1, labels: { color: color("ink"), boxWidth: 24, boxHeight: chart.shape === "lines" ? 2 : 12 } };
		Object.assign(config.options, { animation: false, responsive: true, maintainAspectRatio: false, plugins: { legend, tooltip } });
		return new Chart(canvas, config);
	});
}

function figure(chart) {
	const canvas = element("canvas", [], { role: "img", ariaLabel: chart.title });
	const plot = element("div", canvas, { className: "plot" });
	plot.style.height = `${chart.shape === "bars" ? 80 + chart.labels.length * (24 + 18 * chart.series.length) : 300}px`;
	plots.push([chart, canvas]);
	return element("figure", [element("figcaption", chart.title), plot]);
}

function chapter(section) {
	const parts = [];
	if (section.charts.length)
		parts.push(element("div", section.charts.map(figure), { className: "charts" }));
	parts.push(...section.tables.flatMap(table_of));
	return parts.length ? [element("h2", section.title), ...parts] : [];
}

function show() {
	const recordings = report.sides.flatMap(side => side.recordings.map(one => recording(side, one)));
	const machines = [...new Set(report.sides.flatMap(side => side.recordings.map(one => one.machine)))].filter(Boolean).join(", ");
	const title = report.sides.length > 1 ? "Two recordings compared" : machines ? `What happened on ${machines}` : "What was recorded";
	document.title = `Oriel report: ${title}`;
	const unseen = report.sections.flatMap(({ title, unseen }) => unseen.map(text => element("li", `${title}: ${text}`)));
	document.querySelector("main").append(
		element("h1", title), ...recordings, ...report.sections.flatMap(story),
		...(unseen.length ? [element("h3", "What these numbers do not hold"), element("ul", unseen, { className: "unseen" })] : []),
		...report.sections.flatMap(chapter),
		element("footer", `Made ${report.made} by oriel ${report.oriel}.`, { className: "faint" }));
	draw_all();
}

function print_as(paper) {
	document.documentElement.classList.toggle("printed", paper);
	draw_all();
}

show();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw_all);
addEventListener("beforeprint", () => print_as(true));
addEventListener("afterprint", () => print_as(false));
