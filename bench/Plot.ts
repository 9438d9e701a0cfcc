import { CustomChart, ScatterChart } from "echarts/charts"
import { GridComponent, TitleComponent } from "echarts/components"
import * as echarts from "echarts/core"
import { SVGRenderer } from "echarts/renderers"
import { formatNumber } from "./Report.ts"
import { outcome, type Result, type Server, serverTitle } from "./Result.ts"
import { valuesOf } from "./Statistics.ts"

echarts.use([CustomChart, ScatterChart, GridComponent, TitleComponent, SVGRenderer])
