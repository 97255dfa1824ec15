import { DESCRIPTIONS, DIMENSIONS, type Dimension } from './dimensions.js';
import { Axis, sizeLabel } from './axis.js';
import type { GrowthRow } from './summary.js';

const PANEL = { width: 470, height: 440, left: 62, top: 40, plotWidth: 380, plotHeight: 230, legendTop: 325 } as const;
const COLUMNS = 2;
const LEGEND_LINE = 15;
/** Each is told from white and from black. */
const COLOURS = ['#2f81f7', '#d9534f', '#2da44e', '#b7791f', '#8957e5', '#0e9aa7'];

/**
 * Rows as a plot, one panel a dimension, both axes logarithmic: a cost in proportion has the slope of the dashed line, a
 * constant one is level. It brings its own colours for a dark page.
 */
export function growthSvg(measured: readonly GrowthRow[]): string {
  // What costs nothing that can be counted has no place on such an axis.
  const rows = measured.filter(({ usPerEvent }) => usPerEvent.min > 0);
  const dimensions = DIMENSIONS.filter((dimension) => rows.some((row) => row.dimension === dimension));
  const columns = Math.min(COLUMNS, dimensions.length);
  const width = PANEL.width * columns;
  const height = PANEL.height * Math.ceil(dimensions.length / COLUMNS);
  const panels = dimensions.map((dimension, index) => {
    const x = (index % COLUMNS) * PANEL.width;
    const y = Math.floor(index / COLUMNS) * PANEL.height;
    const lines = panel(
      dimension,
      rows.filter((row) => row.dimension === dimension),
    );
    return [`<g transform="translate(${x} ${y})">`, ...lines, '</g>'].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>CPU microseconds an event while one thing grows</title>',
    `<style>${STYLE}</style>`,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

const STYLE =
  'text{font:12px sans-serif;fill:#24292f}.title{font-weight:bold}.axis{stroke:#57606a}.grid{stroke:#d0d7de}' +
  '.slope{stroke:#57606a;stroke-dasharray:5 4}path,line{fill:none}' +
  '@media (prefers-color-scheme: dark){text{fill:#e6edf3}.axis,.slope{stroke:#8b949e}.grid{stroke:#30363d}}';

function panel(dimension: Dimension, rows: readonly GrowthRow[]): string[] {
  const { title, unit } = DESCRIPTIONS[dimension];
  const { left, top, plotWidth, plotHeight } = PANEL;
  const bottom = top + plotHeight;
  const x = Axis.over(
    rows.map(({ size }) => size),
    { from: left, to: left + plotWidth },
  );
  const y = Axis.over(
    rows.flatMap(({ usPerEvent }) => [usPerEvent.min, usPerEvent.max]),
    { from: bottom, to: top },
  );
  const series = [...new Set(rows.map((row) => row.series))];
  return [
    text(title, { x: left, y: 20, className: 'title' }),
    ...x.decades.flatMap((value) => [
      line('grid', [x.at(value), bottom, x.at(value), top]),
      text(sizeLabel(value), { x: x.at(value), y: bottom + 17, anchor: 'middle' }),
    ]),
    ...y.decades.flatMap((value) => [
      line('grid', [left, y.at(value), left + plotWidth, y.at(value)]),
      text(sizeLabel(value), { x: left - 6, y: y.at(value) + 4, anchor: 'end' }),
    ]),
    line('axis', [left, bottom, left + plotWidth, bottom]),
    line('axis', [left, bottom, left, top]),
    text(unit, { x: left + plotWidth / 2, y: bottom + 35, anchor: 'middle' }),
    `<text transform="translate(16 ${top + plotHeight / 2}) rotate(-90)" text-anchor="middle">CPU µs an event</text>`,
    ...slopeOne(x, y, rows),
    ...series.flatMap((name, index) =>
      curve(
        rows.filter((row) => row.series === name),
        { x, y, colour: COLOURS[index % COLOURS.length] ?? '#000' },
      ),
    ),
    ...legend(series),
  ];
}

/** Through the first point, as far as it stays inside. */
function slopeOne(x: Axis, y: Axis, rows: readonly GrowthRow[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const growth = Math.min(x.max / first.size, y.max / first.usPerEvent.median);
  const from = [x.at(first.size), y.at(first.usPerEvent.median)] as const;
  return [line('slope', [...from, x.at(first.size * growth), y.at(first.usPerEvent.median * growth)])];
}

function curve(
  rows: readonly GrowthRow[],
  { x, y, colour }: { readonly x: Axis; readonly y: Axis; readonly colour: string },
): string[] {
  const points = rows.map(({ size, usPerEvent }) => `${x.at(size)} ${y.at(usPerEvent.median)}`);
  return [
    `<path d="M${points.join('L')}" stroke="${colour}" stroke-width="2"/>`,
    ...rows.flatMap(({ series, size, usPerEvent: { median, min, max } }) => [
      `<line x1="${x.at(size)}" y1="${y.at(min)}" x2="${x.at(size)}" y2="${y.at(max)}" stroke="${colour}"/>`,
      `<circle cx="${x.at(size)}" cy="${y.at(median)}" r="3.5" fill="${colour}">` +
        `<title>${escaped(`${series}, ${sizeLabel(size)}: ${median.toFixed(1)} µs`)}</title></circle>`,
    ]),
  ];
}

function legend(series: readonly string[]): string[] {
  const entry = (name: string, stroke: string, index: number): string[] => {
    const x = PANEL.left;
    const y = PANEL.legendTop + index * LEGEND_LINE;
    return [`<line x1="${x}" y1="${y - 4}" x2="${x + 14}" y2="${y - 4}" ${stroke}/>`, text(name, { x: x + 19, y })];
  };
  return [...series, 'in proportion'].flatMap((name, index) =>
    entry(
      name,
      index < series.length ? `stroke="${COLOURS[index % COLOURS.length]}" stroke-width="2"` : 'class="slope"',
      index,
    ),
  );
}

const line = (className: string, [x1, y1, x2, y2]: readonly [number, number, number, number]): string =>
  `<line class="${className}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;

function text(
  content: string,
  {
    x,
    y,
    anchor,
    className,
  }: { readonly x: number; readonly y: number; readonly anchor?: string; readonly className?: string },
): string {
  const attributes = `${anchor === undefined ? '' : ` text-anchor="${anchor}"`}${className === undefined ? '' : ` class="${className}"`}`;
  return `<text x="${x}" y="${y}"${attributes}>${escaped(content)}</text>`;
}

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
