/** A handler of events, or the value of an attribute; `true` is an attribute without a value. */
type Prop = string | number | boolean | undefined | ((event: never) => void)

/** A child of an element: texts become text nodes, whatever is in them. */
type Child = Node | string | false | undefined

/** A new element. Props that begin with `on` are handlers, all others attributes. */
export const h = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Readonly<Record<string, Prop>> = {},
  ...children: ReadonlyArray<Child>
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props))
    if (typeof value === "function") element.addEventListener(name.slice(2), value as (event: Event) => void)
    else setAttribute(element, name, value)
  for (const child of children) if (child !== false && child !== undefined) element.append(child)
  return element
}

/** Sets an attribute, or takes it away. */
export const setAttribute = (
  element: Element,
  name: string,
  value: string | number | boolean | undefined
): void => {
  if (value === false || value === undefined) element.removeAttribute(name)
  else element.setAttribute(name, value === true ? "" : String(value))
}

/** Sets a text, if it is another: a live region is not to be read out again. */
export const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

/** Gives a parent these children, in this order; those that stay are not touched, so that they keep their focus. */
export const arrange = (parent: Element, children: ReadonlyArray<Element>): void => {
  const wanted = new Set(children)
  for (const child of Array.from(parent.children)) if (!wanted.has(child)) child.remove()
  let at = parent.firstElementChild
  for (const child of children)
    if (child === at) at = at.nextElementSibling
    else parent.insertBefore(child, at)
}

/** Elements that are made once for each key, and forgotten when they are no longer wanted. */
export class Keyed<Element extends HTMLElement> {
  private elements = new Map<string, Element>()

  /** The elements of these keys. */
  of(keys: ReadonlyArray<string>, make: (key: string) => Element): ReadonlyArray<Element> {
    const before = this.elements
    this.elements = new Map(keys.map((key) => [key, before.get(key) ?? make(key)]))
    return [...this.elements.values()]
  }
}
