// eslint-disable-next-line no-control-regex -- ASCII is what is looked for
const ASCII = /^[\u0000-\u007f]+$/;

/**
 * Whether the value of a header that is not repeated is given as a string, by either driver: ASCII, and not empty. Nearly all
 * are, and are wanted as text; a buffer for each costs more than reading the message. Any other is given as its bytes.
 */
export const isPlainText = (value: string): boolean => ASCII.test(value);
