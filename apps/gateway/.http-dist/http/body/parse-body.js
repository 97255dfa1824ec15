import { isUtf8 } from 'node:buffer';
import { exceedsNesting, REQUEST_NESTING_MAX } from '@logbook/contracts';
import { HttpProblem } from '../errors.js';
import { jsonErrorOffset } from './json-error-offset.js';
/** Throws invalid-json, or invalid-request for JSON nested too deeply. */
export function parseBody(bytes, mediaType) {
    const text = decodeUtf8(bytes);
    return { mediaType, text, json: mediaType === 'JSON' ? parseJson(text, 'the body') : undefined };
}
/** Parses `text`; `subject` names it in the message. */
export function parseJson(text, subject) {
    let json;
    try {
        json = JSON.parse(text);
    }
    catch {
        throw invalidJson(`${subject} is not JSON: ${whereJsonBreaks(text)}`);
    }
    if (exceedsNesting(text)) {
        const message = `${subject} is nested more than ${REQUEST_NESTING_MAX} levels deep`;
        throw new HttpProblem({ slug: 'invalid-request', message });
    }
    return json;
}
function decodeUtf8(bytes) {
    if (!isUtf8(bytes))
        throw invalidJson('the body is not UTF-8');
    const hasBom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return bytes.toString('utf8', hasBom ? 3 : 0);
}
/** Says where, and never what: the content may be anything, a secret included. */
function whereJsonBreaks(text) {
    const offset = jsonErrorOffset(text);
    if (text.trim() === '')
        return 'it is empty';
    if (offset >= text.length)
        return 'it ends before it is complete';
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    return `unexpected character at line ${line}, column ${column}`;
}
const invalidJson = (message) => new HttpProblem({ slug: 'invalid-json', message });
