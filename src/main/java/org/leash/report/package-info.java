/**
 * Reports that open from disk: plots as inline SVG and a page of HTML that needs neither network
 * nor script. In layers, each on the one before: {@link org.leash.report.Element}, which escapes
 * every text; {@link org.leash.report.Scale}; {@link org.leash.report.Plot} with its axes and
 * marks; the charts; {@link org.leash.report.Page}. Colours, light and dark, are in {@code
 * report.css} alone: a series has a number, and the style sheet gives the number a colour.
 */
package org.leash.report;
