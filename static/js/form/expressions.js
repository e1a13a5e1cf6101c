// The form's small language in the browser: evaluates the trees that cohort/expressions.py makes, to the same answer.
// Unknown is null; "and", "or" and "not" follow Kleene's logic; only a comparison with '' asks for a blank.

const NUMBER = /^-?\d+(\.\d+)?$/;
const LARGEST = 1e15;

/** The value of a tree: text, number, truth, or null for unknown. */
export function evaluate(node, values, facts) {
  const [kind, first, second, third] = node;
  switch (kind) {
    case "text":
    case "number":
      return first;
    case "item":
      return values[first] || null;
    case "choice":
      return values[first] ? values[first].split("|").includes(second) : null;
    case "fact":
      return facts[first] === undefined || facts[first] === "" ? null : facts[first];
    case "if": {
      const condition = truth(evaluate(first, values, facts));
      return condition === null ? null : evaluate(condition ? second : third, values, facts);
    }
    case "in": {
      const wanted = evaluate(first, values, facts);
      return wanted === null ? null : (facts[second[1]] ?? []).some((one) => equal(wanted, one));
    }
    case "not": {
      const negated = truth(evaluate(first, values, facts));
      return negated === null ? null : !negated;
    }
    case "and":
    case "or":
      return connect(kind === "or", node.slice(1).map((part) => truth(evaluate(part, values, facts))));
    case "negative": {
      const number = asNumber(evaluate(first, values, facts));
      return number === null ? null : -number;
    }
    case "+":
    case "-":
    case "*":
    case "/":
      return compute(kind, asNumber(evaluate(first, values, facts)), asNumber(evaluate(second, values, facts)));
    default:
      return compare(node, values, facts);
  }
}

/** Whether a value counts as true; blank and unknown stay unknown (null). */
export function truth(value) {
  if (value === null || value === "") return null;
  const number = asNumber(value);
  return number === null ? true : number !== 0;
}

/** A computed value as the form keeps it. */
export function asText(value) {
  if (value === null) return "";
  if (typeof value === "string") return value;
  const number = Number(value);
  if (!(Math.abs(number) < LARGEST)) return "";
  const text = (Math.floor(number * 1e6 + 0.5) / 1e6).toFixed(6).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}

export function asNumber(value) {
  if (typeof value === "string") return NUMBER.test(value) ? Number(value) : null;
  return value === null ? null : Number(value);
}

function connect(decisive, parts) {
  if (parts.includes(decisive)) return decisive;
  return parts.includes(null) ? null : !decisive;
}

function compute(kind, left, right) {
  if (left === null || right === null) return null;
  if (kind === "+") return left + right;
  if (kind === "-") return left - right;
  if (kind === "*") return left * right;
  return right === 0 ? null : left / right;
}

function equal(left, right) {
  const [one, other] = [asNumber(left), asNumber(right)];
  return one !== null && other !== null ? one === other : asText(left) === asText(right);
}

function isBlank(value) {
  return value === null || value === "";
}

function isBlankText(node) {
  return node[0] === "text" && node[1] === "";
}

function compare([kind, first, second], values, facts) {
  const [left, right] = [evaluate(first, values, facts), evaluate(second, values, facts)];
  if (isBlankText(first) || isBlankText(second)) {
    const blank = isBlank(left) && isBlank(right);
    return kind === "=" ? blank : kind === "<>" ? !blank : null;
  }
  if (isBlank(left) || isBlank(right)) return null;
  if (kind === "=" || kind === "<>") return equal(left, right) === (kind === "=");
  const [one, other] = [asNumber(left), asNumber(right)];
  if (one === null || other === null) return null;
  return { "<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other }[kind];
}
