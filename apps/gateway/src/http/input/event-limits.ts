/** What one event of a batch may have; its own injection token. */
export class EventLimits {
  /** `bytesMax`: inclusive, of the event's text as UTF-8. */
  constructor(readonly bytesMax: number) {}
}
