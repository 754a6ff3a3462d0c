/**
 * What a JVM user would take instead: ONNX Runtime, PyTorch through JavaCPP, and DJL. Each fulfils
 * the same contract as our operation, in the form in which its users write it, is held to the same
 * reference, and reads the same copies of the logits in the same rounds.
 */
package org.leash.benchmarks.peers;
