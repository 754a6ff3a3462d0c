package org.leash.loss.preset;

import java.util.Arrays;
import java.util.List;

/**
 * Trainers whose losses have been compared with this library's, in the releases that were compared:
 * a preset listed here has the loss of the trainer's options of the same name, and its gradient.
 * {@code src/TRAINERS.md} has the other options.
 */
public enum PeerTrainer {
  /** ByteDance's verl. */
  VERL("verl", "1dda039b of 2026-08-22", "gspo", "gmpo", "sapo", "gpg", "tis", "icepop"),
  /** Hugging Face's TRL. */
  TRL(
      "TRL",
      "f2cd577 of 2026-07-24",
      "grpo",
      "dr_grpo",
      "dapo",
      "gspo",
      "gmpo",
      "cispo",
      "sapo",
      "vespo",
      "luspo",
      "rloo",
      "top_entropy",
      "opsm",
      "intellect2",
      "sequence_mis"),
  /** Prime Intellect's prime-rl. */
  PRIME_RL("prime-rl", "559b447 of 2026-08-21", "prime_rl", "prime_rl_ipo"),
  /** slime. */
  SLIME("slime", "624b824", "gspo", "tis", "icepop"),
  /** OpenRLHF. */
  OPENRLHF("OpenRLHF", "3c3be62", "gspo", "icepop"),
  /** Alibaba's ROLL; no preset, but options. */
  ROLL("ROLL", "8eb27cc"),
  /** AReaL; no preset, but options. */
  AREAL("AReaL", "4aef98d of 2026-05-21");

  private final String title;
  private final String version;
  private final List<String> presets;

  PeerTrainer(String title, String version, String... presets) {
    this.title = title;
    this.version = version;
    this.presets = List.of(presets);
  }

  /** The trainers whose loss a preset has. */
  public static List<PeerTrainer> of(Preset preset) {
    return Arrays.stream(values()).filter(each -> each.presets.contains(preset.name())).toList();
  }

  /** The trainer's own name. */
  public String title() {
    return title;
  }

  /** The names of the presets with a loss of this trainer. */
  public List<String> presets() {
    return presets;
  }

  /** The name and the release: "TRL f2cd577 of 2026-07-24". */
  @Override
  public String toString() {
    return title + " " + version;
  }
}
