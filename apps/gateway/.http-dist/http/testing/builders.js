import { FINGERPRINT_ID } from './in-memory-use-cases.js';
/** The smallest event that is taken. */
export const anEvent = (overrides = {}) => ({
    event_name: 'llm',
    fingerprint_id: FINGERPRINT_ID,
    properties: {},
    ...overrides,
});
/** The text of an event whose UTF-8 is exactly `bytes` long. */
export function anEventOfBytes(bytes) {
    const empty = JSON.stringify(anEvent({ properties: { output: '' } }));
    return JSON.stringify(anEvent({ properties: { output: 'a'.repeat(bytes - Buffer.byteLength(empty)) } }));
}
