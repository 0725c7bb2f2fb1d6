import java.io.FileInputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Holds PDF files to veraPDF's profile of PDF/UA-1: a line each, then the rules that were broken. */
public class PdfUa {
    public static void main(String[] files) {
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.fromString("ua1");
        for (String file : files) {
            try (PDFAParser parser = Foundries.defaultInstance()
                        .createParser(new FileInputStream(file), flavour);
                    PDFAValidator validator = Foundries.defaultInstance()
                        .createValidator(flavour, 100, false, false, false)) {
                ValidationResult result = validator.validate(parser);
                Map<String, Integer> broken = new TreeMap<>();
                for (TestAssertion one : result.getTestAssertions()) {
                    if (one.getStatus() == TestAssertion.Status.FAILED) {
                        String rule = one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber();
                        broken.merge(rule, 1, Integer::sum);
                    }
                }
                System.out.println(file + "\t" + result.isCompliant() + "\t"
                    + result.getTotalAssertions() + "\t" + broken);
            } catch (Exception error) {
                System.out.println(file + "\tfalse\t0\t" + error);
            }
        }
    }
}
