/**
 * A value as a plugin may have it: it reads like the value itself, and so does whatever is reached through it, but none
 * of it can be changed, as others read the same. What tries throws a TypeError.
 */
export function readOnlyView<Value>(value: Value): Value {
  if (!isReference(value)) return value;
  const known = views.get(value);
  if (known) return known as Value;
  const view = new Proxy(value, READ_ONLY);
  views.set(value, view);
  targets.set(view, value);
  return view as Value;
}

/** One view of each value, so that what is the same stays the same. */
const views = new WeakMap<object, object>();
const targets = new WeakMap<object, object>();

function refuse(): never {
  throw new TypeError('what a rule is given cannot be changed');
}

const READ_ONLY: ProxyHandler<object> = {
  get(target, key) {
    const value = Reflect.get(target, key, target);
    // A list's own methods find its items through the view.
    if (Array.isArray(target) && typeof value === 'function') return value;
    return isHeld(target, key) ? value : readOnlyView(value);
  },
  getOwnPropertyDescriptor(target, key) {
    const found = Reflect.getOwnPropertyDescriptor(target, key);
    return found && 'value' in found && !isHeld(target, key)
      ? { ...found, value: readOnlyView(found.value) }
      : found;
  },
  apply(target, self, given: unknown[]) {
    const own = given.map((one) =>
      typeof one === 'function' ? calledWithViews(one as Call) : original(one),
    );
    return readOnlyView(Reflect.apply(target as Call, original(self), own));
  },
  set: refuse,
  defineProperty: refuse,
  deleteProperty: refuse,
  setPrototypeOf: refuse,
  preventExtensions: refuse,
};

type Call = (...given: unknown[]) => unknown;

/** A function of the plugin that something of ours calls, such as what `forEach` of a map is given. */
function calledWithViews(call: Call): Call {
  return (...given) => call(...given.map((one) => readOnlyView(one)));
}

function original(value: unknown): unknown {
  return isReference(value) ? (targets.get(value) ?? value) : value;
}

function isReference(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Whether a property can have no other value than its own, which a proxy has to give as it is. */
function isHeld(target: object, key: PropertyKey): boolean {
  const found = Reflect.getOwnPropertyDescriptor(target, key);
  return found?.configurable === false && found.writable === false;
}
