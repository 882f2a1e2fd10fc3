/**
 * From now on every method of `owner` throws, `dispose` excepted: work that still comes must not seem to be done. A method
 * of its own hides each that its class has, so that nothing has to be asked as long as it lives.
 */
export function refuseAll(owner: object, what: string): void {
  const {
    constructor: _,
    dispose: __,
    ...methods
  } = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(owner));
  for (const [name, { value }] of Object.entries(methods)) {
    if (typeof value !== "function") continue;
    const refuse = () => {
      throw new Error(`${name}: ${what} was disposed; start another with init()`);
    };
    Object.defineProperty(owner, name, { value: refuse });
  }
}
