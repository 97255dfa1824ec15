import { decodeMessage, positionText, type Position } from '@logbook/contracts';
import { ProjectionReader } from '@logbook/store';
import { Command } from 'commander';
import { printJson } from '../output.js';
import { withLog, withStore } from '../with-log.js';
import { messageDocument, printable, type MessageDocument } from './message-document.js';
import { parsePosition, POSITION_SYNTAX, readMessage } from './position-argument.js';

export function showCommand(): Command {
  return new Command('show')
    .description('shows a message of the log, and why it is or is not a dead letter')
    .argument('<position>', POSITION_SYNTAX, parsePosition)
    .option('--json', 'print JSON')
    .action(show);
}

/** `step` and `reason` are those of the generation readers are pointed to; where it lists no such letter they are null. */
interface Verdict {
  readonly step: string | null;
  readonly reason: string | null;
  /** Why `control` has every replay leave it out. */
  readonly skipped: string | null;
  /** Why this release cannot decode it. */
  readonly undecodable: string | null;
}

async function show(position: Position, { json }: { json?: boolean }): Promise<void> {
  const { message, verdict } = await withLog(async ({ log, control, settings }) => {
    const found = await readMessage(log, position);
    const read = await withStore(settings, (store) =>
      new ProjectionReader(store, { logId: control.log.logId }).deadLetters({ kind: 'AT', position }),
    );
    const letter = read.state === 'NOT_READY' ? undefined : read.letters[0];
    const decoded = decodeMessage(found);
    return {
      message: messageDocument(found),
      verdict: {
        step: letter?.step ?? null,
        reason: letter?.reason ?? null,
        skipped: control.state.skips.reasonOf(position.topic, found) ?? null,
        undecodable: decoded.outcome === 'DECODED' ? null : decoded.reason,
      },
    };
  });
  if (json === true) return printJson({ ...position, ...verdict, ...message });
  process.stdout.write(describe(position, verdict, message));
}

function describe(position: Position, verdict: Verdict, { key, headers, value, sha256 }: MessageDocument): string {
  const lines = [
    positionText(position),
    `  step         ${verdict.step ?? 'no dead letter of the generation readers are pointed to'}`,
    ...(verdict.reason === null ? [] : [`  reason       ${verdict.reason}`]),
    ...(verdict.skipped === null ? [] : [`  skipped      ${verdict.skipped}`]),
    `  decodable    ${verdict.undecodable === null ? 'yes' : `no: ${verdict.undecodable}`}`,
    `  key          ${key ?? '(none)'}`,
    `  sha256       ${sha256}`,
    'headers',
    ...Object.entries(headers).flatMap(([name, texts]) => texts.map((text) => `  ${name}: ${text}`)),
  ];
  if (value === null) lines.push('no value');
  else {
    const shown = value.truncated ? ', of which the beginning' : '';
    lines.push(
      `value, ${value.bytes} bytes${value.encoding === 'hex' ? ' in hexadecimal digits' : ''}${shown}`,
      value.text,
    );
  }
  return `${lines.map(printable).join('\n')}\n`;
}
