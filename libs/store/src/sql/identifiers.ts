import { columnName, type Column } from '@logbook/projections';

/** The name of a generation's schema, `gen_<n>`. Checked, because it becomes part of SQL text. */
export type GenerationName = `gen_${number}`;

export function generationName(name: string): GenerationName {
  if (!/^gen_[1-9]\d{0,8}$/.test(name)) throw new Error(`not the name of a generation: ${JSON.stringify(name)}`);
  return name as GenerationName;
}

/** An SQL identifier in quotes. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A column as SQL names it. */
export const quotedColumn = (property: string, column: Column): string => quoted(columnName(property, column));

/** A table of a generation as SQL names it. */
export const tableIn = (generation: string, table: string): string =>
  `${quoted(generationName(generation))}.${quoted(table)}`;
