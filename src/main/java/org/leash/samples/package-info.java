/**
 * Reading of model samples from untrusted files, possibly larger than memory: JSON lines and CSV,
 * plain or gzipped.
 */
package org.leash.samples;
