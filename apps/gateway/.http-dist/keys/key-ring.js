/**
 * Who holds an API key. Decided by the copy of `control` this gateway keeps, so it answers at once and
 * without any dependency. The class doubles as the injection token.
 */
export class KeyRing {
}
