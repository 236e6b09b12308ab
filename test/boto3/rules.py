"""Rules keep every kind of condition and transform, as boto3 writes and reads them."""
import unittest

from architecture import Architecture
from botocore.exceptions import ClientError
from session import clients

CONDITIONS = [
    {"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^www\\.example\\.com$"]}},
    {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}},
    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Version", "Values": ["2*"]}},
    {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "debug", "Value": "1"}]}},
    {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
]
URL = {
    "Type": "url-rewrite",
    "UrlRewriteConfig": {"Rewrites": [{"Regex": "^(?:/api1)/?(.*)$", "Replace": "/$1"}]},
}
HOST = {
    "Type": "host-header-rewrite",
    "HostHeaderRewriteConfig": {"Rewrites": [{"Regex": "^.*$", "Replace": "app.internal"}]},
}


class Rules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.architecture = Architecture()
        cls.architecture.build()

    @classmethod
    def tearDownClass(cls):
        cls.architecture.tear_down()

    def test_conditions_and_transforms(self):
        elbv2 = clients.elbv2
        group = next(iter(self.architecture.target_groups.values()))
        created = elbv2.create_rule(
            ListenerArn=self.architecture.listener,
            Priority=100,
            Conditions=CONDITIONS,
            Transforms=[URL, HOST],
            Actions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        arn = created["Rules"][0]["RuleArn"]

        def read():
            (rule,) = elbv2.describe_rules(RuleArns=[arn])["Rules"]
            return rule

        self.assertEqual(read()["Conditions"], CONDITIONS)
        self.assertEqual(read()["Transforms"], [URL, HOST])
        elbv2.modify_rule(RuleArn=arn, Transforms=[HOST])
        self.assertEqual(read()["Transforms"], [HOST])
        with self.assertRaises(ClientError) as refused:
            elbv2.modify_rule(RuleArn=arn, Transforms=[URL], ResetTransforms=True)
        self.assertEqual(refused.exception.response["Error"]["Code"], "ValidationError")
        elbv2.modify_rule(RuleArn=arn, ResetTransforms=True)
        self.assertEqual(read().get("Transforms", []), [])
        elbv2.set_rule_priorities(RulePriorities=[{"RuleArn": arn, "Priority": 200}])
        self.assertEqual(read()["Priority"], "200")
        elbv2.delete_rule(RuleArn=arn)


if __name__ == "__main__":
    unittest.main()
