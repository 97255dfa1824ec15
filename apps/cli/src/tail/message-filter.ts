import { decodeMessage, HEADERS, type LogbookMessage, type StoredMessage } from '@logbook/contracts';
import { headerText, shortType } from './message-line.js';

export interface MessageFilter {
  /** Whole, or without `com.logbook.`; any of them. */
  readonly type?: readonly string[] | undefined;
  readonly tenant?: string | undefined;
  readonly agent?: string | undefined;
  readonly person?: string | undefined;
  readonly session?: string | undefined;
}

/** Whether a message is one of those asked for. What cannot be decoded has a type and a tenant, but no agent, person or session. */
export function passes(message: StoredMessage, { type, tenant, agent, person, session }: MessageFilter): boolean {
  const own = headerText(message, HEADERS.type);
  if (type !== undefined && !type.some((wanted) => shortType(wanted) === shortType(own))) return false;
  if (tenant !== undefined && headerText(message, HEADERS.tenant) !== tenant) return false;
  if (agent === undefined && person === undefined && session === undefined) return true;
  const decoded = decodeMessage(message);
  if (decoded.outcome !== 'DECODED') return false;
  const wanted = { agentName: agent, personId: person, session };
  return Object.entries(wanted).every(
    ([field, value]) => value === undefined || fieldOf(decoded.message, field) === value,
  );
}

const fieldOf = (message: LogbookMessage, field: string): unknown =>
  (message as unknown as Record<string, unknown>)[field];
