import { parser } from '@prometheus-io/lezer-promql';

/** A metric that an expression reads, with the labels it is selected by. */
export interface Selection {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface Expression {
  readonly selections: readonly Selection[];
  /** The labels of `by`, `without`, `on` and their like. */
  readonly grouping: readonly string[];
}

/** Reads a PromQL expression with Prometheus's own grammar. Throws where it is none. */
export function readPromql(text: string): Expression {
  const selections: { metric: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, name, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL at character ${from}: ${text}`);
      const word = text.slice(from, to);
      if (name === 'VectorSelector') selections.push({ metric: '', labels: [] });
      const selection = selections.at(-1);
      if (name === 'Identifier' && selection !== undefined) selection.metric = word;
      if (name !== 'LabelName') return;
      if (node.parent?.name === 'GroupingLabels') grouping.push(word);
      else selection?.labels.push(word);
    },
  });
  return { selections, grouping };
}
