import { readFileSync } from 'node:fs';

/** Secrets, each of which may instead be the content of the file that `<name>_FILE` names. */
export const SECRETS = [
  'DATABASE_URL',
  'REDIS_URL',
  'LOGBOOK_BOOTSTRAP_API_KEY',
  'KAFKA_SASL_PASSWORD',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const;
export const SECRET_FILE_VARIABLES = SECRETS.map((name) => `${name}_FILE` as const);

/**
 * The variables with the secrets that lie in files, without the line end that editors leave behind them; and what was wrong
 * with the files, in words that quote none of their contents.
 */
export function withSecretFiles(variables: NodeJS.ProcessEnv): {
  readonly variables: NodeJS.ProcessEnv;
  readonly problems: readonly string[];
} {
  const read = { ...variables };
  const problems: string[] = [];
  for (const name of SECRETS) {
    const path = variables[`${name}_FILE`];
    if (path === undefined || path === '') continue;
    if (variables[name]) problems.push(`${name} and ${name}_FILE are both set: keep one`);
    else {
      const content = readSettingFile(`${name}_FILE`, path, problems);
      if (content !== undefined) read[name] = content.replace(/\r?\n$/, '');
    }
  }
  return { variables: read, problems };
}

/** The content of a file that a setting names; adds to `problems` where it cannot be read or is empty. */
export function readSettingFile(name: string, path: string, problems: string[]): string | undefined {
  try {
    const content = readFileSync(path, 'utf8');
    if (content.trim() !== '') return content;
    problems.push(`${name} names ${path}, which is empty`);
  } catch (error) {
    const { code = 'it is no file' } = error as NodeJS.ErrnoException;
    problems.push(`${name} names ${path}, which cannot be read (${code})`);
  }
  return undefined;
}
