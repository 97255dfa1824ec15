import { messageDocument, printable, VALUE_BYTES_SHOWN } from './message-document.js';

const raw = (value: Buffer | null) => ({ key: Buffer.from('k'), headers: {}, value });

describe('messageDocument', () => {
  it('gives texts as they are, and other bytes in hexadecimal digits', () => {
    const message = {
      key: Buffer.from([0xff, 1]),
      headers: { text: Buffer.from('é'), bytes: Buffer.from([0xfe]), twice: [Buffer.from('a'), 'b'], none: undefined },
      value: Buffer.from([0xff, 0]),
    };
    expect(messageDocument(message)).toMatchObject({
      key: '0xff01',
      headers: { text: ['é'], bytes: ['0xfe'], twice: ['a', 'b'], none: [''] },
      value: { bytes: 2, encoding: 'hex', text: 'ff00', truncated: false },
    });
    expect(messageDocument({ ...raw(null), key: null })).toMatchObject({ key: null, value: null });
  });

  it('shows the beginning of a long value, and no half of a character', () => {
    const atLimit = Buffer.from('x'.repeat(VALUE_BYTES_SHOWN));
    expect(messageDocument(raw(atLimit)).value).toMatchObject({ bytes: VALUE_BYTES_SHOWN, truncated: false });
    const longer = Buffer.from(`${'x'.repeat(VALUE_BYTES_SHOWN - 1)}é`);
    const { text, truncated, bytes } = messageDocument(raw(longer)).value ?? {};
    expect([text?.length, text?.endsWith('x'), truncated, bytes]).toEqual([
      VALUE_BYTES_SHOWN - 1,
      true,
      true,
      longer.length,
    ]);
  });
});

describe('printable', () => {
  it('writes out what could move the cursor of a terminal, and leaves lines, tabs and letters', () => {
    expect(printable('a\tb\né \u001b[2J\r\u009b')).toBe('a\tb\né \\u001b[2J\\u000d\\u009b');
  });
});
