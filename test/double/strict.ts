/** Lets through what is written and throws, with its name, for what is not: a test must never pass on nothing. */
export function strict<Target extends object>(name: string, target: Target): Target {
  return new Proxy(target, {
    get(object, key) {
      // Symbols and `then` are asked for by the language itself.
      if (typeof key === 'symbol' || key === 'then' || key === 'toJSON' || key in object) {
        const value: unknown = Reflect.get(object, key)
        return typeof value === 'function' ? value.bind(object) : value
      }
      throw new Error(`electron double: ${name}.${key} is not implemented`)
    },
  })
}
