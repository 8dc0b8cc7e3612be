package dev.remap.jobs.upkeep.verify;

import dev.remap.core.whitening.Whitening;
import dev.remap.index.jfaiss.FaissException;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.jobs.spark.LocalCopy;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.ExecutorExtractors;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.Weights;
import dev.remap.jobs.table.Whitenings;
import dev.remap.jobs.upkeep.verify.Finding.Cure;
import dev.remap.jobs.upkeep.verify.Finding.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks the manifest of one artifact, and that its files have the digests that it names and hold
 * what they should.
 *
 * @param folder the artifact's
 * @param user what was made from it; empty if nothing was, and it may be unfinished
 */
record ArtifactCheck(String folder, String user) implements Check {
  @Override
  public ArrayList<Finding> run(Store store) {
    ArrayList<Finding> findings = new ArrayList<>();
    String path = Artifacts.manifestPath(folder);
    try {
      Optional<ArtifactManifest> manifest = new Artifacts(store).find(folder);
      if (manifest.isEmpty() && !user.isEmpty()) {
        String how = user + " was made from it";
        findings.add(new Finding(path, Problem.MISSING, how, Cure.REMAKE, List.of()));
      }
      manifest.ifPresent(there -> check(store, there, findings));
    } catch (StoreException e) {
      findings.add(
          Finding.damaged(store, e.damage().orElseThrow(() -> e), Cure.REMAKE, List.of(path)));
    }
    return findings;
  }

  private void check(Store store, ArtifactManifest manifest, List<Finding> findings) {
    // A whitening that was brought along cannot be fitted again.
    boolean brought = Whitenings.isBroughtIn(manifest);
    manifest
        .files()
        .forEach(
            (name, file) -> {
              try {
                store.verify(file);
                check(store, manifest, name, file);
              } catch (StoreException e) {
                findings.add(
                    Finding.damaged(
                        store,
                        e.damage().orElseThrow(() -> e),
                        brought ? Cure.COPY : Cure.REMAKE,
                        List.of(file.path(), Artifacts.manifestPath(folder))));
              }
            });
  }

  private static void check(Store store, ArtifactManifest manifest, String name, FileRef file) {
    try {
      switch (name) {
        case Whitenings.FILE, Weights.REGION_WHITENING, Weights.PROJECTION ->
            Whitening.fromBytes(store.readVerified(file));
        case Weights.FILE -> Weights.parse(store, manifest);
        case Weights.EXPONENTS -> Weights.exponents(store, manifest);
        case Weights.ATTENTION -> Weights.attention(store, manifest);
        case Quantizers.FILE -> checkQuantizer(store, file);
        case ExtractorFiles.SPEC -> checkSpec(store, manifest);
        default -> {
          // Nothing more is known of it than its digest.
        }
      }
    } catch (IllegalArgumentException | FaissException e) {
      throw StoreException.damaged(store.locate(file.path()), e.getMessage(), e);
    }
  }

  private static void checkQuantizer(Store store, FileRef file) {
    try (LocalCopy copy = LocalCopy.of(store, file)) {
      Path local = copy.path();
      Quantizer.open(local, file.sha256()).close();
    }
  }

  private static void checkSpec(Store store, ArtifactManifest manifest) {
    String id = ExtractorFiles.id(ExecutorExtractors.spec(store, manifest));
    if (!id.equals(manifest.id())) {
      throw new IllegalArgumentException("it is of extractor " + id);
    }
  }
}
