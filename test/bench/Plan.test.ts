import { assert, describe, it } from "@effect/vitest"
import type { Peer } from "../../bench/Peer.ts"
import { stops, takesPart } from "../../bench/Plan.ts"
import type { Pace, Saturate } from "../../bench/Generator.ts"
import type { Visit } from "../../bench/Generator.ts"
import type { Section } from "../../bench/Section.ts"

const peer = (name: string, role: Peer["role"]): Peer => ({
  name,
  title: name,
  role,
  dialect: "json",
  program: { installed: name, version: [] },
  arguments: () => []
})
const ours = peer("ours", "ours")
const theirs = peer("theirs", "peer")

const section = (name: string, visits: ReadonlyArray<Visit>, more: Partial<Section> = {}): Section => ({
  name,
  about: name,
  figures: {},
  includes: () => true,
  method: { visits, read: () => ({}) },
  ...more
})

const warm: Saturate = { phase: "saturate", seconds: 1, window: 1 }
const talk: Pace = { phase: "pace", seconds: 1, rate: 1 }
const brief = (stopped: ReturnType<typeof stops>) =>
  stopped.map(({ peer, visit }) => [peer.name, visit.clients, visit.phases.length])

describe("the visits of a round", () => {
  it("let sections share a room of one size, and play what both want once", () => {
    const sections = [
      section("a", [{ clients: 10, phases: [warm] }]),
      section("b", [{ clients: 10, phases: [warm, talk] }])
    ]
    const [stop, ...rest] = stops(sections, [ours], 1)
    assert.deepStrictEqual(stop?.visit, { clients: 10, phases: [warm, talk] })
    assert.deepStrictEqual(rest, [])
  })

  it("give clients that speak otherwise a room of their own", () => {
    const sections = [
      section("a", [
        { clients: 10, phases: [warm] },
        { clients: 10, dialect: "history", phases: [warm] }
      ])
    ]
    assert.deepStrictEqual(
      stops(sections, [ours], 1).map(({ visit }) => visit),
      [
        { clients: 10, phases: [warm] },
        { clients: 10, dialect: "history", phases: [warm] }
      ]
    )
  })

  it("give each store, and servers that are one, a room of its own", () => {
    const variants = [
      {},
      { store: "file" },
      { store: 1 },
      { store: 3 },
      { store: 3, servers: "two" },
      { store: 3, servers: "second of two" }
    ] as const
    const visits = variants.map((variant): Visit => Object.assign({ clients: 10, phases: [warm] }, variant))
    assert.deepStrictEqual(
      stops([section("a", visits), section("b", visits)], [ours], 1).map(({ visit }) => visit),
      visits
    )
  })

  it("let servers take turns at each size, the other way round in every other round", () => {
    const sections = [
      section("a", [
        { clients: 10, phases: [warm] },
        { clients: 20, phases: [] }
      ])
    ]
    assert.deepStrictEqual(brief(stops(sections, [ours, theirs], 1)), [
      ["ours", 10, 1],
      ["theirs", 10, 1],
      ["ours", 20, 0],
      ["theirs", 20, 0]
    ])
    assert.deepStrictEqual(
      stops(sections, [ours, theirs], 2).map(({ peer }) => peer.name),
      ["theirs", "ours", "theirs", "ours"]
    )
  })

  it("leave out servers that a section does not measure", () => {
    const sections = [
      section("a", [{ clients: 10, phases: [] }], { includes: ({ role }) => role === "ours" })
    ]
    assert.deepStrictEqual(brief(stops(sections, [ours, theirs], 1)), [["ours", 10, 0]])
  })

  it("see the servers of others in the first round only, where that is enough", () => {
    const once = section("a", [], { othersOnce: true })
    assert.deepStrictEqual(
      [1, 2].map((round) => [takesPart(once, ours, round), takesPart(once, theirs, round)]),
      [
        [true, true],
        [true, false]
      ]
    )
  })
})
