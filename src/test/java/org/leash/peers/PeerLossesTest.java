package org.leash.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.leash.loss.preset.PeerTrainer;
import org.leash.loss.preset.Preset;
import org.leash.peers.PeerForms.Form;

/** Losses, and their gradients with respect to logits, beside those of trainers' own code. */
final class PeerLossesTest {
  @Test
  void equalThoseOfTrainers() {
    Map<String, Integer> compared = compare(PeerBatch.losses());
    assertThat(compared.keySet())
        .containsExactly("AReaL", "OpenRLHF", "ROLL", "TRL", "prime-rl", "slime", "verl");
    assertThat(PeerForms.all().keySet())
        .as("every form has a batch")
        .isEqualTo(new TreeSet<>(PeerBatch.losses().stream().map(each -> each.name).toList()));
  }

  @Test
  void trainersListTheirPresets() {
    for (PeerTrainer trainer : PeerTrainer.values()) {
      assertThat(new TreeSet<>(trainer.presets()))
          .as("%s", trainer)
          .isEqualTo(PeerForms.presets().getOrDefault(trainer.title(), Set.of()));
    }
    assertThat(PeerTrainer.of(Preset.named("icepop")))
        .containsExactly(PeerTrainer.VERL, PeerTrainer.SLIME, PeerTrainer.OPENRLHF);
  }

  /** The file that the system property {@code leash.peers} names. */
  @Test
  void equalThoseOfInstalledTrainer() {
    String recorded = System.getProperty("leash.peers", "");
    assumeFalse(recorded.isEmpty(), "no file of batches is given");
    assertThat(compare(PeerBatch.read(Path.of(recorded)))).isNotEmpty();
  }

  /** Batches by trainer, without those that differ by the clamp of log-ratios. */
  private static Map<String, Integer> compare(List<PeerBatch> batches) {
    Map<String, Form> forms = PeerForms.all();
    Map<String, Integer> compared = new TreeMap<>();
    Map<String, Integer> clamped = new TreeMap<>();
    List<String> differences = new ArrayList<>();
    for (PeerBatch batch : batches) {
      assertThat(forms).containsKey(batch.name);
      PeerEvaluation evaluated = new PeerEvaluation(batch, forms.get(batch.name));
      String difference = evaluated.difference();
      if (!difference.isEmpty() && evaluated.isClamped()) {
        difference = evaluated.differenceElsewhere();
        clamped.merge(batch.trainer(), 1, Integer::sum);
      } else {
        compared.merge(batch.trainer(), 1, Integer::sum);
      }
      if (!difference.isEmpty()) {
        differences.add(batch + ": " + difference);
      }
    }
    System.out.println("peers: batches with the loss of a trainer: " + compared);
    System.out.println("peers: batches that differ where log-ratios are clamped: " + clamped);
    assertThat(differences).isEmpty();
    return compared;
  }
}
