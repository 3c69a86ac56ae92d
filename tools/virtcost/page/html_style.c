/* SPDX-License-Identifier: MIT */
#include "tools/virtcost/page/html_page.h"
#include "tools/virtcost/page/svg.h"

/* The shades of a grid run from much worse, q0, to much better, q8. */
static const char light[] = "--page:#fff;--raised:#f6f7f9;--text:#1b2026;--faint:#59636e;"
                            "--rule:#dfe3e8;--link:#0a58a8;--warn:#8a4b00;--warned:#fff4e0;"
                            "--q0:#e8743b;--q1:#f09a6c;--q2:#f6be9f;--q3:#fbdfcf;--q4:#eceff2;"
                            "--q5:#d6e6f4;--q6:#b1d1ec;--q7:#84b7e0;--q8:#549bd2;--on:#14181c;";
static const char dark[] = "--page:#14181d;--raised:#1d232a;--text:#e6e9ed;--faint:#a0abb6;"
                           "--rule:#333c46;--link:#7cc0ff;--warn:#ffc876;--warned:#33270f;"
                           "--q0:#b3461a;--q1:#94411f;--q2:#743a24;--q3:#533329;--q4:#2f3740;"
                           "--q5:#27415a;--q6:#224d74;--q7:#1d5a8e;--q8:#1868aa;--on:#f2f4f6;";

static const char rules[] =
    "*{box-sizing:border-box}\n"
    "html{-webkit-text-size-adjust:100%;text-size-adjust:100%}\n"
    "body{margin:0 auto;max-width:1180px;padding:1.25rem 1rem 4rem;background:var(--page);"
    "color:var(--text);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',"
    "sans-serif;overflow-wrap:break-word}\n"
    "h1{font-size:1.75rem;line-height:1.2;margin:0 0 .35rem}\n"
    "h2{font-size:1.3rem;margin:2.75rem 0 .4rem;padding-top:.9rem;border-top:2px solid "
    "var(--rule)}\n"
    "p{margin:.4rem 0 .9rem;max-width:85ch}\n"
    "a{color:var(--link)}\n"
    ".lead,.help,.note,.faint,caption,.more{color:var(--faint)}\n"
    ".help::first-letter{text-transform:uppercase}\n"
    "nav ul{display:flex;flex-wrap:wrap;gap:.35rem .5rem;list-style:none;margin:1rem 0;padding:0}\n"
    "nav a{display:block;padding:.2rem .7rem;border:1px solid var(--rule);border-radius:1rem;"
    "text-decoration:none;font-size:.9rem}\n"
    "nav a:hover,nav a:focus{border-color:var(--link)}\n"
    "dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(145px,1fr));gap:.6rem 1.2rem;"
    "margin:1rem 0;padding:.9rem 1rem;background:var(--raised);border-radius:.5rem}\n"
    "dt{color:var(--faint);font-size:.8rem}\n"
    "dd{margin:0;font-size:.95rem}\n"
    ".warnings{margin:1rem 0;padding:.7rem 1rem .7rem 2.2rem;background:var(--warned);"
    "border-left:4px solid var(--warn);border-radius:.25rem;font-size:.95rem}\n"
    ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr));"
    "gap:1.75rem 2.5rem;align-items:start;margin:1rem 0 1.5rem}\n"
    "figure{margin:0;max-width:560px}\n"
    "figure>svg{display:block;width:100%;height:auto;overflow:visible}\n"
    "figcaption{margin-bottom:.4rem;line-height:1.35}\n"
    "figcaption .note{display:block;font-size:.85rem}\n"
    ".legend{display:flex;flex-wrap:wrap;gap:.1rem 1rem;margin-top:.3rem;font-size:.85rem}\n"
    ".key{display:inline-flex;align-items:center;gap:.35rem}\n"
    ".swatch{width:26px;height:14px;flex:none;overflow:visible}\n"
    ".patterns{position:absolute}\n"
    "svg text{fill:var(--text);font-size:14px}\n"
    "svg .label{font-weight:600}\n"
    "svg .small,svg .end{font-size:13px}\n"
    "svg .small,svg .faint{fill:var(--faint)}\n"
    "svg .end,svg .label{paint-order:stroke;stroke:var(--page);stroke-width:4px}\n"
    ".grids{grid-column:1/-1;display:grid;gap:1.75rem 2rem;"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr))}\n"
    ".grid{max-width:26rem;font-size:13px}\n"
    ".grid th,.grid td{border:2px solid var(--page);padding:.22rem .1rem;min-width:2.6rem;"
    "text-align:center}\n"
    ".grid th{position:static;background:none;color:var(--faint);font-weight:400}\n"
    ".grid td{color:var(--on)}\n"
    ".grid td.unclear{color:var(--faint);font-style:italic}\n"
    ".side{overflow-x:auto}\n"
    "svg .middle{text-anchor:middle}\n"
    "svg .right{text-anchor:end}\n"
    "svg .rule{stroke:var(--rule);fill:none}\n"
    "svg .reference{stroke:var(--text);stroke-width:1.5;stroke-dasharray:4 3;fill:none}\n"
    "svg .whisker{stroke:var(--text);stroke-width:1.4;fill:none}\n"
    "svg .ink{stroke:var(--page);stroke-width:1.3;fill:none}\n"
    "svg .series{fill:none;stroke-width:2.2}\n"
    "svg .marker{stroke-width:1.5}\n"
    ".scroll{overflow:auto;max-height:30rem;margin:0 0 1.5rem;border:1px solid var(--rule);"
    "border-radius:.4rem}\n"
    ".summary .scroll,.claims .scroll{max-height:none}\n"
    ".summary td i{display:block}\n"
    ".summary tbody th[colspan]{padding-top:.7rem;font-weight:600}\n"
    ".summary tbody th:not([colspan]){padding-left:1.6rem}\n"
    ".scroll:focus{outline:2px solid var(--link)}\n"
    "table{border-collapse:collapse;width:100%;font-size:.87rem;font-variant-numeric:tabular-nums}"
    "\n"
    "caption{text-align:left;padding:.5rem .7rem;font-size:.87rem}\n"
    "th,td{padding:.28rem .7rem;text-align:right;border-top:1px solid var(--rule);"
    "white-space:nowrap}\n"
    "th:first-child,td.text,th.text{text-align:left}\n"
    "tbody th{font-weight:500}\n"
    "thead th{position:sticky;top:0;background:var(--raised);font-weight:600}\n"
    "td i{color:var(--faint);font-size:.92em;font-style:normal}\n"
    "td.wide{white-space:normal;text-align:left;min-width:12rem}\n"
    ".claims th:first-child{white-space:normal;min-width:11rem}\n"
    ".verdict{display:inline-block;white-space:nowrap;border:1px solid currentColor;"
    "border-radius:1rem;padding:0 .6rem;font-weight:600}\n"
    "@media (max-width:600px){th,td{padding:.25rem .45rem}"
    ".summary tbody th{white-space:normal;min-width:7.5rem}"
    ".summary tbody th:not([colspan]){padding-left:.45rem}}\n"
    "footer{margin-top:3rem;color:var(--faint);font-size:.85rem}\n";

static const char print_rules[] = "@page{margin:14mm}\n"
                                  "body{max-width:none;padding:0;font-size:10pt}\n"
                                  "nav{display:none}\n"
                                  ".scroll{max-height:none;overflow:visible;border:0}\n"
                                  ".charts{grid-template-columns:1fr 1fr;gap:1rem}\n"
                                  "figure{max-width:none;break-inside:avoid}\n"
                                  "table{font-size:7pt}\n"
                                  "th,td{padding:.1rem .3rem;white-space:normal}\n"
                                  "thead th{position:static}\n"
                                  "tr{break-inside:avoid}\n"
                                  "h2,.help{break-after:avoid}\n"
                                  "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}\n";

void html_style(FILE *out)
{
    fprintf(out, "<style>\n:root{color-scheme:light dark;%s", light);
    svg_style(out, false);
    fprintf(out, "}\n%s", rules);
    for (int i = 0; i <= 8; i++)
        fprintf(out, ".q%d{background:var(--q%d)}", i, i);
    /* Paper is white, whatever the screen is. */
    fprintf(out, "\n@media screen and (prefers-color-scheme:dark){:root{%s", dark);
    svg_style(out, true);
    fprintf(out, "}}\n@media print{:root{color-scheme:light}\n%s}\n</style>\n", print_rules);
}
