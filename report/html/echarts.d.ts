/** ECharts in one file: its entry `echarts` is six hundred, which takes every command that may write a report half a second. */
declare module 'echarts/dist/echarts.esm.min' {
  export { init } from 'echarts';
}
