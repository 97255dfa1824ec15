/** `ce_source` of every message a gateway appends. */
export const GATEWAY_SOURCE = 'logbook/gateway';
/** What an event without an agent, or without a version, belongs to. */
export const DEFAULT_NAME = 'default';
