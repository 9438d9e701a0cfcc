import { ScatterChart } from "echarts/charts"
import { GridComponent, TitleComponent } from "echarts/components"
import * as echarts from "echarts/core"
import { SVGRenderer } from "echarts/renderers"
import { formatNumber, serverTitle } from "./Report.ts"
import type { Result, Server } from "./Result.ts"
import { median, valuesOf } from "./Statistics.ts"

echarts.use([ScatterChart, GridComponent, TitleComponent, SVGRenderer])

/** The headline as an SVG: what one delivery costs on each server, the cheapest on top, a small dot for each round. */
export const plot = (result: Result): string => {
  const [first] = panels
  const servers = result.servers
    .filter(({ name }) => costs(result, first, name).length > 0)
    .toSorted((a, b) => median(costs(result, first, b.name)) - median(costs(result, first, a.name)))
  const rowsHeight = ROW * servers.length
  const chart = echarts.init(null, null, {
    renderer: "svg",
    ssr: true,
    width: 980,
    height: HEADER + rowsHeight + FOOTER
  })
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: "system-ui, sans-serif" },
    title: panels.map(({ left, title }) => ({
      text: title,
      left,
      top: 12,
      textStyle: { fontSize: 13, color: INK }
    })),
    grid: panels.map(({ left, width }) => ({ left, width, top: HEADER, height: rowsHeight })),
    xAxis: panels.map(({ min, type }, gridIndex) => ({
      gridIndex,
      type,
      min,
      splitLine: { lineStyle: { color: LINE } }
    })),
    yAxis: panels.map((_, gridIndex) => ({
      gridIndex,
      type: "category",
      data: servers.map(serverTitle),
      axisLabel: { show: gridIndex === 0, color: INK, fontSize: 12 },
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { show: false }
    })),
    series: panels.flatMap((_, index) => dots(result, servers, index))
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

const panels = [
  {
    figure: "saturated",
    title: "CPU µs per delivery, saturated (log scale)",
    type: "log",
    min: 0.1,
    left: 280,
    width: 300
  },
  {
    figure: "steady",
    title: "CPU µs per delivery, 100 messages/s",
    type: "value",
    min: 0,
    left: 640,
    width: 290
  }
] as const

type Panel = (typeof panels)[number]

const ROW = 36
const HEADER = 44
const FOOTER = 34
const INK = "#1f2937"
const LINE = "#e5e7eb"
const OURS = "#d9480f"
const OTHERS = "#64748b"

const costs = ({ samples }: Result, { figure }: Panel, server: string): ReadonlyArray<number> =>
  valuesOf(samples, figure, server)

/** One series of the middles, with their numbers, and one of the rounds. */
const dots = (result: Result, servers: ReadonlyArray<Server>, index: number) => {
  const panel = panels[index]!
  const place = { type: "scatter", silent: true, xAxisIndex: index, yAxisIndex: index }
  const rows = servers.map(({ name, role }, row) => ({
    row,
    values: costs(result, panel, name),
    color: role === "ours" ? OURS : OTHERS
  }))
  return [
    {
      ...place,
      symbolSize: 11,
      data: rows
        .filter(({ values }) => values.length > 0)
        .map(({ color, row, values }) => ({ value: [median(values), row], itemStyle: { color } })),
      label: {
        show: true,
        position: "top",
        distance: 3,
        color: INK,
        formatter: ({ value }: { readonly value: ReadonlyArray<number> }) => formatNumber(value[0]!, "µs")
      }
    },
    {
      ...place,
      symbolSize: 5,
      data: rows.flatMap(({ color, row, values }) =>
        values.map((value) => ({ value: [value, row], itemStyle: { color, opacity: 0.5 } }))
      )
    }
  ]
}
